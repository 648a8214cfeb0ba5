// What one Redis tells about itself: INFO, and those settings that INFO leaves out.

package import RedisClient

package struct RedisFacts: Sendable {
  /// Where that Redis is.
  package let address: String
  /// Whether it is talked to as a node of a cluster.
  let isInCluster: Bool
  /// Whether it has the queue.
  let isHome: Bool
  /// Why it could not be asked: nothing is known of it then.
  let problem: String?
  private var values: [String: String]

  /// A key of the queue.
  static let home = QueueKeys(partition: 0).prefix

  init(
    address: String = "", isInCluster: Bool = false, isHome: Bool = true, problem: String? = nil,
    _ values: [String: String] = [:]
  ) {
    self.address = address
    self.isInCluster = isInCluster
    self.isHome = isHome
    self.problem = problem
    self.values = values
  }

  package subscript(name: String) -> String? { values[name] }

  /// Of every primary; throws when the one that has the queue does not answer. `INFO` works everywhere; `CONFIG GET` is
  /// closed at some providers, and then its settings count as unknown.
  package static func all(over connection: RedisConnection) async throws(QueueError) -> [RedisFacts] {
    do throws(RedisError) {
      let answers = try await connection.everyPrimary(RedisCommand("INFO"), home: home)
      guard let queue = answers.first(where: \.isHome) else {
        let message = connection.lastProblem(for: home) ?? "it is not known which Redis has the queue"
        throw RedisError(kind: .disconnected, message: message)
      }
      _ = try queue.result.get()
      var facts = answers.map { RedisFacts($0, isInCluster: connection.isCluster) }
      for answer in try await connection.everyPrimary(question, home: home) {
        for (name, value) in try settings(of: answer) {
          guard let index = facts.firstIndex(where: { $0.address == answer.address }) else { continue }
          facts[index].values[name] = value.text
        }
      }
      return facts
    } catch {
      throw QueueError(redis: error)
    }
  }

  private static let question = RedisCommand(
    "CONFIG", "GET", "appendfsync", "no-appendfsync-on-rewrite", "maxmemory-policy", "save",
    "stop-writes-on-bgsave-error")

  /// None where Redis refuses to tell; a connection that is lost is no refusal.
  private static func settings(of answer: PrimaryAnswer) throws(RedisError) -> [(String, RedisValue)] {
    switch answer.result {
    case .success(let reply): return reply.fieldPairs
    case .failure(let error):
      guard !answer.isHome || error.kind == .server || error.kind == .authentication else { throw error }
      return []
    }
  }

  private init(_ answer: PrimaryAnswer, isInCluster: Bool) {
    switch answer.result {
    case .failure(let error):
      self.init(address: answer.address, isInCluster: isInCluster, isHome: answer.isHome, problem: error.message)
    case .success(let reply):
      self.init(address: answer.address, isInCluster: isInCluster, isHome: answer.isHome)
      for line in (reply.text ?? "").split(whereSeparator: \.isNewline) {
        guard let colon = line.firstIndex(of: ":") else { continue }
        values[String(line[..<colon])] = String(line[line.index(after: colon)...])
      }
    }
  }

  /// Replicas that follow; those that are still being filled do not count.
  package var replicas: Int {
    let connected = values["connected_slaves"].flatMap { Int($0) } ?? 0
    return (0..<connected).count { values["slave\($0)"]?.contains("state=online") == true }
  }

  /// The part of its memory that counts for `maxmemory` and is in use; nil without a limit.
  var memoryUse: Double? {
    func number(_ name: String) -> Double? { values[name].flatMap { Double($0) } }
    guard let limit = number("maxmemory"), limit > 0, let used = number("used_memory") else { return nil }
    return (used - (number("mem_not_counted_for_evict") ?? 0)) / limit
  }
}
