// What operators do with executions on Redis: cancel them, run them again.

import NIOCore
import ProcessSupport
package import RedisClient

package struct RedisControl: QueueControl {
  private let connection: RedisConnection
  private let keys: QueueKeys

  package static let scripts: [RedisScript] = [.cancel, .redrive]

  package init(connection: RedisConnection, keys: QueueKeys) {
    self.connection = connection
    self.keys = keys
  }

  package func cancel(
    _ id: ExecutionID, message: String, keep: Duration
  ) async throws(QueueError) -> Cancellation {
    let answer = try await run(.cancel, keys: keys.streams) {
      $0.append(keys.prefix)
      $0.append(QueueKeys.group)
      $0.append(id.token.description)
      $0.append(id.entry.description)
      $0.append(keep.milliseconds)
      $0.append(message)
    }
    let words = (answer.array ?? []).map { $0.text ?? "" }
    switch words.first {
    case "UNKNOWN": return .unknown
    case "OVER" where words.count == 2:
      guard let state = ExecutionState(rawValue: words[1]) else { break }
      return .over(state)
    case "OK" where words.count == 2:
      if let message = InboxMessage(
        inbox: words[1].isEmpty ? nil : words[1], token: id.token, state: .canceled, message: message)
      {
        // The record is the truth, and ingest looks there when a message does not come.
        connection.send(message.command).whenComplete { _ in }
      }
      return .canceled
    default: break
    }
    throw QueueError(.corrupt, "unexpected answer of the cancel script")
  }

  package func redrive(_ requests: [Redrive], onlyDead: Bool) async throws(QueueError) -> [RedriveAnswer] {
    guard !requests.isEmpty else { return [] }
    let answer = try await run(.redrive, keys: [keys.dead]) {
      $0.append(keys.prefix)
      $0.append(onlyDead ? "dead" : "any")
      for request in requests {
        $0.append(request.id.token.description)
        $0.append(request.id.entry.description)
        $0.append(request.from.forgotten)
      }
    }
    let answers = (answer.array ?? []).compactMap { $0.text.flatMap(RedriveAnswer.init(rawValue:)) }
    guard answers.count == requests.count else {
      throw QueueError(.corrupt, "unexpected answer of the redrive script")
    }
    return answers
  }

  private func run(
    _ script: RedisScript, keys: [String], _ build: (inout RedisCommand) -> Void
  ) async throws(QueueError) -> RedisValue {
    do { return try await connection.run(script, keys: keys, build: build) } catch { throw QueueError(redis: error) }
  }
}

extension Redrive.Start {
  /// As the script reads it.
  var forgotten: String {
    switch self {
    case .failure: ""
    case .beginning: "*"
    case .forgetting(let paths): paths.joined(separator: "\n")
    }
  }
}
