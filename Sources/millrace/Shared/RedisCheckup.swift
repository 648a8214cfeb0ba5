// The part of `doctor` that asks Redis: can it keep the promise, and does the work get on?

import ExecutionQueue
import FoundationEssentials
import ProcessSupport
import RedisClient

struct RedisCheckup {
  let redis: RedisAccess
  let settings: Settings

  private static let tolerance: Duration = .seconds(1)
  private static let longHeld: Duration = .seconds(60)

  func look(_ checkup: inout Checkup) async throws {
    let check = RedisSettingsCheck(connection: redis.connection)
    let versions = Set(try await check.facts().map { $0["redis_version"] ?? "of unknown version" })
    checkup.good("redis", "\(versions.sorted().joined(separator: " and ")) at \(redis.url)")
    let findings = try await check.findings(for: settings.durability)
    for finding in findings {
      if finding.isFatal { checkup.fail("settings", finding.text) } else { checkup.warn("settings", finding.text) }
    }
    if !findings.contains(where: \.isFatal) {
      checkup.good("settings", "they keep what durability \(settings.durability.rawValue) promises")
    }
    try await lookAtClock(&checkup)
    try await lookAtWork(&checkup)
  }

  private func lookAtClock(_ checkup: inout Checkup) async throws {
    let before = Date().timeIntervalSince1970
    let answer: RedisValue
    do { answer = try await redis.connection.run(RedisCommand("TIME")) } catch { throw QueueError(redis: error) }
    let after = Date().timeIntervalSince1970
    guard let parts = answer.array, parts.count == 2, let seconds = parts[0].int, let micros = parts[1].int else {
      return checkup.warn("clock", "Redis does not tell its time")
    }
    let difference = Duration.seconds(Double(seconds) + Double(micros) / 1e6 - (before + after) / 2)
    let text = "Redis and this machine differ by \(abs(difference.milliseconds)) ms"
    if abs(difference.milliseconds) > Self.tolerance.milliseconds {
      checkup.warn("clock", "\(text); run an NTP client on both, or times in the history mislead")
    } else {
      checkup.good("clock", text)
    }
  }

  private func lookAtWork(_ checkup: inout Checkup) async throws {
    let inspection = RedisInspection(connection: redis.connection, keys: QueueKeys(partition: 0))
    let alive = try await inspection.workers().filter(\.isAlive).count
    if alive == 0 {
      checkup.warn("workers", "none is alive: webhooks wait, synchronous ones get 503; start millrace-worker")
    } else {
      checkup.good("workers", "\(alive) alive")
    }
    let depth = try await inspection.depth()
    let waiting = "\(depth.total - depth.inFlight) waiting, \(depth.inFlight) in work, of \(settings.backlog) allowed"
    if depth.total * 5 >= settings.backlog * 4 {
      checkup.warn("queue", "\(waiting): nearly full; add workers, or raise MILLRACE_BACKLOG")
    } else {
      checkup.good("queue", waiting)
    }
    lookAtPending(try await inspection.pending(heldFor: Self.longHeld), &checkup)
  }

  private func lookAtPending(_ survey: PendingSurvey, _ checkup: inout Checkup) {
    let time = Self.longHeld.millraceText
    if survey.abandoned > 0 {
      checkup.warn("stuck", "\(survey.abandoned) held by workers that are gone for \(time); start millrace-worker")
    }
    if survey.undecodable > 0 {
      checkup.warn(
        "stuck", "\(survey.undecodable) entries that no worker can read; something else writes to Millrace's streams")
    }
    if survey.abandoned == 0, survey.undecodable == 0 {
      let long = survey.long > 0 ? " (\(survey.long) in work for more than \(time))" : ""
      checkup.good("stuck", "no entry is stuck\(long)")
    }
  }
}
