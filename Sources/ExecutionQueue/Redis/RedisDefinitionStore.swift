// Workflow definitions on Redis: `{workflows}:…` keys, changed by the scripts in PublishScript.swift.

package import RedisClient

package struct RedisDefinitionStore: DefinitionStore {
  private let connection: RedisConnection

  package static let scripts: [RedisScript] = [.publish, .setEnabled, .heads]

  package init(connection: RedisConnection) {
    self.connection = connection
  }

  package func revision() async throws(QueueError) -> Int64 {
    let answer = try await checked { () async throws(RedisError) in
      try await connection.run(RedisCommand("GET", QueueKeys.revision))
    }
    return answer.text.flatMap { Int64($0) } ?? 0
  }

  package func heads() async throws(QueueError) -> (revision: Int64, heads: [DefinitionHead]) {
    let answer = try await checked { () async throws(RedisError) in
      try await connection.run(.heads, keys: [QueueKeys.revision, QueueKeys.heads]) { _ in }
    }
    guard let row = answer.array, row.count == 2, let revision = row[0].text.flatMap({ Int64($0) }) else {
      throw QueueError(.corrupt, "unexpected answer of the heads script")
    }
    let heads = row[1].fieldPairs.compactMap { key, value -> DefinitionHead? in
      let parts = (value.text ?? "").split(separator: ":")
      guard parts.count == 2, let version = Int(parts[0]) else { return nil }
      return DefinitionHead(key: key, version: version, enabled: parts[1] == "1")
    }
    return (revision, heads.sorted { $0.key < $1.key })
  }

  package func definition(_ key: String, version: Int) async throws(QueueError) -> [UInt8]? {
    try await checked { () async throws(RedisError) in
      try await connection.run(RedisCommand("HGET", QueueKeys.definitions(key), "\(version)"))
    }
    .byteArray
  }

  package func publish(
    _ definitions: [NewDefinition], at revision: Int64
  ) async throws(QueueError) -> [PublishedDefinition]? {
    let keys = [QueueKeys.revision, QueueKeys.heads] + definitions.map { QueueKeys.definitions($0.key) }
    let answer = try await checked { () async throws(RedisError) in
      try await connection.run(.publish, keys: keys) { command in
        command.append(revision)
        for definition in definitions {
          command.append(definition.key)
          command.append(definition.enabled ? 1 : 0)
          command.append(definition.definition)
        }
      }
    }
    guard let rows = answer.array else { return nil }
    return zip(definitions, rows).compactMap { definition, row in
      guard let row = row.array, row.count == 2, let version = row[0].int else { return nil }
      return PublishedDefinition(key: definition.key, version: Int(version), changed: row[1].int == 1)
    }
  }

  package func setEnabled(_ key: String, _ enabled: Bool) async throws(QueueError) -> Bool {
    try await checked { () async throws(RedisError) in
      try await connection.run(.setEnabled, keys: [QueueKeys.revision, QueueKeys.heads]) {
        $0.append(key)
        $0.append(enabled ? 1 : 0)
      }
    }
    .int == 1
  }

  private func checked(
    _ call: () async throws(RedisError) -> RedisValue
  ) async throws(QueueError) -> RedisValue {
    do { return try await call() } catch { throw QueueError(redis: error) }
  }
}
