// The reply inbox of one ingest process on Redis: a stream, read with one blocking connection from the last seen id,
// so a lost connection loses nothing.

import NIOCore
import ProcessSupport
package import RedisClient
import Synchronization

package final class RedisReplyQueue: ReplyQueue {
  private let reader: RedisConnection
  private let commands: RedisConnection
  private let key: String
  private let position = Mutex("0-0")

  /// How long an inbox outlives its owner.
  private static let lifetime: Duration = .seconds(60)
  private static let batch = 512

  package init(reader: RedisConnection, commands: RedisConnection, inbox: String) {
    self.reader = reader
    self.commands = commands
    key = QueueKeys.inbox(inbox)
  }

  package func replies(waiting wait: Duration) async throws(QueueError) -> [QueuedReply] {
    var command = RedisCommand("XREAD", "COUNT")
    command.append(Self.batch)
    command.append("BLOCK")
    command.append(wait.asBlock)
    command.append("STREAMS")
    command.append(key)
    command.append(position.withLock { $0 })
    let patience = TimeAmount.milliseconds(wait.milliseconds + 5000)
    let answer: RedisValue
    do { answer = try await reader.run(command, timeout: patience) } catch { throw QueueError(redis: error) }
    let entries = answer.array?.first?.array?.last?.array ?? []
    if let last = entries.last?.array?.first?.text {
      position.withLock { $0 = last }
      trim(before: last)
    }
    return entries.compactMap { $0.array?.last.flatMap { QueuedReply(fields: $0) } }
  }

  /// What has been read is of no more use; the last entry stays, so that the stream's ids go on.
  private func trim(before last: String) {
    commands.send(RedisCommand("XTRIM", key, "MINID", "~", last)).whenComplete { _ in }
  }

  /// Makes the stream if it is not there (workers write with NOMKSTREAM) and prolongs its life.
  package func keepOpen() async throws(QueueError) {
    do {
      var expire = RedisCommand("PEXPIRE", key)
      expire.append(Self.lifetime.milliseconds)
      if try await commands.run(expire).int == 1 { return }
      _ = try await commands.run(RedisCommand("XADD", key, "*", "opened", "1"))
      position.withLock { $0 = "0-0" }
      _ = try await commands.run(expire)
    } catch {
      throw QueueError(redis: error)
    }
  }

  package func close() async throws(QueueError) {
    do { _ = try await commands.run(RedisCommand("DEL", key)) } catch { throw QueueError(redis: error) }
  }
}
