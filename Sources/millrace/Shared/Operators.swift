// What the commands for operators have in common: the queue's control side, ids, moments and rates as people write them.

import ArgumentParser
import AuditLog
import Catalog
import ExecutionQueue
import FoundationEssentials
import JSONCodec
import ProcessSupport
import RedisClient
import Workflows

struct Operators {
  let connection: RedisConnection
  let keys = QueueKeys(partition: 0)

  var history: RedisHistory { RedisHistory(connection: connection, keys: keys) }
  var control: RedisControl { RedisControl(connection: connection, keys: keys) }
  var definitions: RedisDefinitionStore { RedisDefinitionStore(connection: connection) }

  static func with<Result>(
    _ settings: CommandSettings, _ body: (Operators) async throws -> Result
  ) async throws -> Result {
    let scripts = RedisDefinitionStore.scripts + RedisControl.scripts + RedisHistory.scripts + RedisInspection.scripts
    return try await RedisAccess.with(settings, scripts: scripts) { redis in
      try await body(Operators(connection: redis.connection))
    }
  }

  static func id(_ text: String) throws -> ExecutionID {
    guard let id = ExecutionID(text) else {
      throw CommandFailure(
        "'\(text)' is no execution id; one looks like 0-1763926414123-0-7k3fz9m2c8h5xq1b", code: ExitCode.usage)
    }
    return id
  }

  /// The version of the workflow that the execution began with; nil when it cannot be read.
  func workflow(of record: ExecutionRecord) async throws -> (workflow: Workflow, definition: JSON)? {
    guard let webhook = record.payload.flatMap({ try? WebhookRequest(decoding: $0) }),
      let bytes = try await definitions.definition(webhook.workflow, version: webhook.version),
      let definition = try? JSON.parse(bytes),
      let workflow = try? WorkflowFiles.loader.load(stored: definition, key: webhook.workflow)
    else { return nil }
    return (workflow, definition)
  }

  /// All that are applied.
  func workflowKeys() async throws -> [String] {
    try await definitions.heads().heads.map(\.key)
  }
}

/// A moment: `2h` ago, `2026-01-31` or `2026-01-31T12:00` in UTC, or RFC 3339.
struct Moment: ExpressibleByArgument {
  let milliseconds: Int64

  init?(argument: String) {
    let now = WallClock.milliseconds
    if let age = Duration(millraceText: argument) {
      milliseconds = now - age.milliseconds
    } else if let moment = AuditTime.parse(argument) {
      milliseconds = moment
    } else if let date = try? Date(argument, strategy: .iso8601) {
      milliseconds = Int64(date.timeIntervalSince1970 * 1000)
    } else {
      return nil
    }
  }
}

/// `200/s` or `50`: so many a second.
struct Rate: ExpressibleByArgument {
  let perSecond: Int

  var defaultValueDescription: String { "\(perSecond)/s" }

  init(perSecond: Int) { self.perSecond = perSecond }

  init?(argument: String) {
    guard let number = Int(argument.hasSuffix("/s") ? String(argument.dropLast(2)) : argument), number > 0 else {
      return nil
    }
    self.init(perSecond: number)
  }
}

extension Terminal {
  static func time(_ milliseconds: Int64) -> String {
    Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
  }
}
