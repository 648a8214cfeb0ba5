// Turns one applied workflow on or off.

import ExecutionQueue
import ProcessSupport

enum WorkflowSwitch {
  static func set(_ key: String, enabled: Bool, _ settings: CommandSettings) async throws {
    try await RedisAccess.with(settings, scripts: RedisDefinitionStore.scripts) { redis in
      let store = RedisDefinitionStore(connection: redis.connection)
      guard try await !store.setEnabled(key, enabled) else { return }
      let known = try await store.heads().heads.map(\.key)
      let suggestion = nearestName(to: key, among: known).map { "did you mean \($0)?" }
      throw CommandFailure("no workflow \"\(key)\" is applied; \(suggestion ?? "`millrace workflows` lists them")")
    }
  }
}
