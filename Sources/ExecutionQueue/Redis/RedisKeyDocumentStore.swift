// Documents with senders' keys on Redis: `{keys}:…`.

package import RedisClient

package struct RedisKeyDocumentStore: KeyDocumentStore {
  private let connection: RedisConnection

  /// Addresses that may be wanted at once when a stranger names one more.
  private static let mostWanted = 100
  /// Milliseconds.
  private static let lifetime = 86_400_000
  private static let fetchTime = 30_000
  /// After so long without success nobody tries any more.
  private static let patience: Int64 = 600_000

  package init(connection: RedisConnection) {
    self.connection = connection
  }

  package func ask(for urls: [String], namedByStrangers strange: [String]) async throws(QueueError) {
    let now = try await now()
    _ = try await run(RedisCommand("ZREMRANGEBYSCORE", QueueKeys.wantedKeys, "-inf", "\(now - Self.patience)"))
    let room = Self.mostWanted - Int(try await run(RedisCommand("ZCARD", QueueKeys.wantedKeys)).int ?? 0)
    for url in urls + strange.prefix(max(0, room)) {
      _ = try await run(RedisCommand("ZADD", QueueKeys.wantedKeys, "NX", "\(now)", url))
    }
  }

  package func documents(at urls: [String]) async throws(QueueError) -> [String: KeyDocument] {
    guard !urls.isEmpty else { return [:] }
    var command = RedisCommand("MGET")
    for url in urls { command.append(QueueKeys.keyDocument(url)) }
    let answers = try await run(command).array ?? []
    var documents: [String: KeyDocument] = [:]
    for (url, answer) in zip(urls, answers) {
      guard let bytes = answer.byteArray, let end = bytes.firstIndex(of: UInt8(ascii: "\n")),
        let version = Int64(String(decoding: bytes[..<end], as: UTF8.self))
      else { continue }
      documents[url] = KeyDocument(version: version, bytes: Array(bytes[(end + 1)...]))
    }
    return documents
  }

  package func take(limit: Int) async throws(QueueError) -> [String] {
    let wanted = try await run(RedisCommand("ZRANGE", QueueKeys.wantedKeys, "0", "-1")).array ?? []
    var taken: [String] = []
    for url in wanted.compactMap(\.text) where taken.count < limit {
      let answer = try await run(RedisCommand("SET", QueueKeys.keyFetch(url), "1", "NX", "PX", "\(Self.fetchTime)"))
      if answer.text == "OK" { taken.append(url) }
    }
    return taken
  }

  package func store(_ document: [UInt8], from url: String) async throws(QueueError) {
    var command = RedisCommand("SET", QueueKeys.keyDocument(url))
    command.append(Array("\(try await now())\n".utf8) + document)
    command.append("PX")
    command.append(Self.lifetime)
    _ = try await run(command)
    try await dismiss(url)
  }

  package func dismiss(_ url: String) async throws(QueueError) {
    _ = try await run(RedisCommand("ZREM", QueueKeys.wantedKeys, url))
  }

  /// Milliseconds of Redis's clock.
  private func now() async throws(QueueError) -> Int64 {
    let time = try await run(RedisCommand("TIME")).array?.compactMap(\.text).compactMap { Int64($0) } ?? []
    guard time.count == 2 else { throw QueueError(.corrupt, "Redis does not tell the time") }
    return time[0] * 1000 + time[1] / 1000
  }

  private func run(_ command: RedisCommand) async throws(QueueError) -> RedisValue {
    do { return try await connection.run(command) } catch { throw QueueError(redis: error) }
  }
}
