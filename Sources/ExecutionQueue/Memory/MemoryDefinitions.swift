// Workflow definitions of the memory queue.

import Synchronization

struct MemoryDefinitions: Sendable {
  var revision: Int64 = 0
  var versions: [String: [[UInt8]]] = [:]
  var enabled: [String: Bool] = [:]

  mutating func publish(_ definitions: [NewDefinition]) -> [PublishedDefinition] {
    var changes = 0
    let published = definitions.map { definition in
      let key = definition.key
      let changed = versions[key]?.last != definition.definition
      if changed {
        versions[key, default: []].append(definition.definition)
        enabled[key] = definition.enabled
        changes += 1
      }
      return PublishedDefinition(key: key, version: versions[key]?.count ?? 0, changed: changed)
    }
    if changes > 0 { revision += 1 }
    return published
  }
}

extension MemoryQueue: DefinitionStore {
  package func revision() async throws(QueueError) -> Int64 {
    state.withLock { $0.definitions.revision }
  }

  package func heads() async throws(QueueError) -> (revision: Int64, heads: [DefinitionHead]) {
    state.withLock { state in
      let definitions = state.definitions
      let heads = definitions.versions.map { key, versions in
        DefinitionHead(key: key, version: versions.count, enabled: definitions.enabled[key] ?? false)
      }
      return (definitions.revision, heads.sorted { $0.key < $1.key })
    }
  }

  package func definition(_ key: String, version: Int) async throws(QueueError) -> [UInt8]? {
    state.withLock { state in
      guard let versions = state.definitions.versions[key], versions.indices.contains(version - 1) else { return nil }
      return versions[version - 1]
    }
  }

  package func publish(
    _ definitions: [NewDefinition], at revision: Int64
  ) async throws(QueueError) -> [PublishedDefinition]? {
    state.withLock { state in
      guard state.definitions.revision == revision else { return nil }
      return state.definitions.publish(definitions)
    }
  }

  package func setEnabled(_ key: String, _ enabled: Bool) async throws(QueueError) -> Bool {
    state.withLock { state in
      guard state.definitions.versions[key] != nil else { return false }
      if state.definitions.enabled[key] != enabled { state.definitions.revision += 1 }
      state.definitions.enabled[key] = enabled
      return true
    }
  }
}
