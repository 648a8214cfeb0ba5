// The addresses of senders' keys on Redis.

import ExecutionQueue
import TestSupport
import Testing

@Suite("Documents with senders' keys", .timeLimit(.minutes(1)))
struct KeyDocumentTests {
  @Test("strangers fill no more than their room, and what has no document makes room again")
  func room() async throws {
    try await RedisBackend.with { server, backend in
      let store = RedisKeyDocumentStore(connection: try await backend.connect())
      try await store.ask(for: [], namedByStrangers: (0..<150).map { "https://strange.example/\($0)" })
      #expect(try server.command("ZCARD", "{keys}:wanted") == "100")
      try await store.ask(for: ["https://known.example"], namedByStrangers: ["https://strange.example/late"])
      #expect(try server.command("ZCARD", "{keys}:wanted") == "101")
      let taken = try await store.take(limit: 4)
      #expect(taken.count == 4)
      #expect(try await Set(store.take(limit: 4)).isDisjoint(with: taken))
      for url in taken { try await store.dismiss(url) }
      try await store.ask(for: [], namedByStrangers: ["https://strange.example/late"])
      #expect(try server.command("ZSCORE", "{keys}:wanted", "https://strange.example/late") != "")
      try await store.store([1, 2], from: "https://known.example")
      #expect(try await store.documents(at: ["https://known.example"]).values.map(\.bytes) == [[1, 2]])
      #expect(try server.command("ZSCORE", "{keys}:wanted", "https://known.example") == "")
    }
  }
}
