// Turns one applied workflow on or off.

import Catalog
import ExecutionQueue
import ProcessSupport

enum WorkflowSwitch {
  static func set(_ key: String, enabled: Bool, _ settings: CommandSettings) async throws {
    try await RedisAccess.with(settings, scripts: RedisDefinitionStore.scripts) { redis in
      let store = RedisDefinitionStore(connection: redis.connection)
      guard try await !set(key, enabled, in: store) else { return }
      let known = try await store.heads().heads.map(\.key)
      let suggestion = nearestName(to: key, among: known).map { "did you mean \($0)?" }
      throw CommandFailure("no workflow \"\(key)\" is applied; \(suggestion ?? "`millrace workflows` lists them")")
    }
  }

  private static func set(_ key: String, _ enabled: Bool, in store: RedisDefinitionStore) async throws -> Bool {
    guard enabled else { return try await store.setEnabled(key, false) }
    do {
      return try await WorkflowPublisher(store: store, loader: WorkflowFiles.loader).enable(key)
    } catch let taken as PathTaken {
      throw CommandFailure("\(key) stays disabled: \(taken)")
    }
  }
}
