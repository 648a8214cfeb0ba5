// deploy/nginx/millrace.conf as it is, with other ports and a certificate of this test, in front of two ingests.

import Foundation
import TestSupport
import Testing

@Suite("Behind nginx")
struct NginxFrontTests {
  private static let workflows = [
    "who": """
    trigger: {type: webhook, mode: sync, methods: [POST, PUT, GET]}
    nodes:
      - key: answer
        type: response
        body: {client: "{{$context.clientAddress}}", path: "{{$context.path}}", mark: "{{$context.headers.x_mark}}"}
    """,
    "count": "trigger: {type: webhook, methods: [POST, PUT], body: {limit: 20KB}}\nnodes: []\n",
  ]

  /// The shipped file with the places of this test in it.
  private static func configuration(_ ports: [Int], port: Int, in directory: TemporaryDirectory) throws -> String {
    let file = PackageTree.file("deploy/nginx/millrace.conf")
    var text = try String(contentsOfFile: file, encoding: .utf8)
    let changes = [
      ("127.0.0.1:8080", "127.0.0.1:\(ports[0])"), ("127.0.0.1:8082", "127.0.0.1:\(ports[1])"),
      ("listen 443 ssl;", "listen 127.0.0.1:\(port) ssl;"),
      ("server_name hooks.example.com;", "server_name localhost;"),
      ("/etc/nginx/millrace/", directory.path + "/"),
    ]
    for (mine, theirs) in changes {
      try #require(text.contains(mine), "the shipped file has changed: \(mine)")
      text = text.replacingOccurrences(of: mine, with: theirs)
    }
    return text
  }

  private func with(_ body: (SystemUnderTest, NginxServer, ClientTLS) async throws -> Void) async throws {
    let system = try await SystemUnderTest.start(
      ingests: 2, ingestSettings: ["MILLRACE_TRUSTED_PROXIES": "127.0.0.1"])
    defer { system.stop() }
    try await system.apply(Self.workflows)
    let ports = system.ports
    let nginx = try await NginxServer.start { port, directory in
      try Self.configuration(ports, port: port, in: directory)
    }
    defer { nginx.stop() }
    try await body(system, nginx, ClientTLS(trusting: [nginx.certificateFile]))
  }

  @Test("webhooks arrive as they were sent, from the client's address, over kept connections")
  func passing() async throws {
    try await with { system, nginx, tls in
      let connection = try await SystemConnection.open(port: nginx.port, tls: tls)
      let forged = [
        (name: "X-Forwarded-For", value: "203.0.113.9"), (name: "Forwarded", value: "for=203.0.113.9"),
        (name: "X_Mark", value: "here"),
      ]
      for method in ["POST", "PUT", "GET"] {
        let request = SystemRequest(
          method, "/api/webhooks/who", headers: forged, body: method == "GET" ? [] : Array("{}".utf8))
        let answer = try await connection.send(request)
        #expect(answer.status == 200)
        #expect(
          answer.text == #"{"client":"127.0.0.1","path":"/api/webhooks/who","mark":"here"}"#, "\(answer.text)")
      }
      for _ in 0..<100 {
        #expect(try await connection.send(.webhook("count", "{}")).status == 200)
      }
      var open = 0.0
      for ingest in system.ingests { open += try await ingest.metric("millrace_ingest_connections") }
      // nginx keeps what it has opened; two are those that ask for the metrics.
      #expect(open < 10)
      #expect(connection.isOpen)
    }
  }

  @Test("what ingest refuses it refuses here too, in its own words; health stays inside")
  func refusals() async throws {
    try await with { _, nginx, tls in
      let large = try await SystemConnection.send(
        .webhook("count", "\"\(String(repeating: "x", count: 5_000_000))\""), port: nginx.port, tls: tls)
      #expect(large.status == 413)
      #expect(large[header: "content-type"] == "application/problem+json")
      let tooLarge = SystemRequest("POST", "/api/webhooks/count", body: [UInt8](repeating: 65, count: 11_000_000))
      #expect(try await SystemConnection.send(tooLarge, port: nginx.port, tls: tls).status == 413)
      let long = [(name: "X-Long", value: String(repeating: "x", count: 12_000))]
      #expect(
        try await SystemConnection.send(.webhook("count", "{}", headers: long), port: nginx.port, tls: tls).status
          == 200)
      for path in ["/-/healthz", "/-/metrics"] {
        #expect(try await SystemConnection.send(.get(path), port: nginx.port, tls: tls).status == 404)
      }
      #expect(try await SystemConnection.send(.get("/api/webhooks/none"), port: nginx.port, tls: tls).status == 404)
    }
  }

  @Test("an ingest that stops costs no webhook, and one that dies runs none twice")
  func failover() async throws {
    try await with { system, nginx, tls in
      func post(_ count: Int) async throws -> Int {
        let connection = try await SystemConnection.open(port: nginx.port, tls: tls)
        defer { connection.close() }
        var good = 0
        for _ in 0..<count where try await connection.send(.webhook("count", "{}")).status == 200 { good += 1 }
        return good
      }
      #expect(try await post(50) == 50)
      #expect(await system.ingests[0].stop())
      #expect(try await post(50) == 50)
      try await system.ingests[0].start()
      try await system.ingests[0].waitUntilReady()
      await system.ingests[1].kill()
      let good = try await post(50)
      let admitted = try await system.ingests[0].metric("millrace_ingest_admitted_total")
      #expect(admitted == Double(good), "each that was answered with 200 was admitted once")
    }
  }
}

/// Files of this package, whatever directory the tests run in.
enum PackageTree {
  static func file(_ path: String) -> String {
    let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
      .deletingLastPathComponent().path
    return "\(root)/\(path)"
  }
}
