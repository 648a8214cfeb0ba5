// Entries that were delivered and do not get on: what `millrace doctor` looks for.

import ProcessSupport
import RedisClient

package struct PendingSurvey: Sendable, Equatable {
  /// Held for longer than the given time by workers that are gone; a live worker takes them over within seconds.
  package var abandoned = 0
  /// Held for longer than the given time by live workers: long executions, mostly.
  package var long = 0
  /// Of those held long, entries that no worker can read, because they were not written by ingest.
  package var undecodable = 0
}

extension RedisInspection {
  /// The most entries that one look counts, for each stream.
  private static let most = 1000

  /// Entries that have been held for longer than the given time.
  package func pending(heldFor time: Duration) async throws(QueueError) -> PendingSurvey {
    let alive = Set(try await workers().filter(\.isAlive).map(\.name))
    var survey = PendingSurvey()
    for stream in keys.streams {
      for (entry, consumer) in try await held(in: stream, for: time) {
        if consumer == QueueKeys.handedBack || !alive.contains(consumer) {
          survey.abandoned += 1
        } else {
          survey.long += 1
          if try await !isReadable(entry, in: stream) { survey.undecodable += 1 }
        }
      }
    }
    return survey
  }

  private func held(
    in stream: String, for time: Duration
  ) async throws(QueueError) -> [(entry: String, consumer: String)] {
    var command = RedisCommand("XPENDING", stream, QueueKeys.group, "IDLE")
    command.append(time.milliseconds)
    for word in ["-", "+", "\(Self.most)"] { command.append(word) }
    do {
      return try await connection.run(command).array?.compactMap { row in
        guard let row = row.array, row.count >= 2, let entry = row[0].text, let consumer = row[1].text else {
          return nil
        }
        return (entry, consumer)
      } ?? []
    } catch  where error.kind == .noGroup {
      return []
    } catch {
      throw QueueError(redis: error)
    }
  }

  private func isReadable(_ entry: String, in stream: String) async throws(QueueError) -> Bool {
    let answer: RedisValue
    do { answer = try await connection.run(RedisCommand("XRANGE", stream, entry, entry)) } catch {
      throw QueueError(redis: error)
    }
    // Settled in the meantime.
    guard let row = answer.array?.first?.array, row.count == 2 else { return true }
    return row[0].text.flatMap { EntryID($0) }.flatMap { Delivery(.normal, entry: $0, fields: row[1]) } != nil
  }
}
