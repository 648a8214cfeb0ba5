// How punctual timers were: what each was due, when it fired, and until when faults excuse it.

struct Punctuality: Sendable {
  struct Timer: Sendable {
    let key: ExecutionKey
    let due: Moment
    let fired: Moment
    /// Until when it may fire; a second after it is due when no fault was near.
    let excused: Moment
    /// No fault could have held it up.
    let isJudged: Bool
  }

  /// Seconds after its time within which a timer has to fire when nothing is wrong.
  private static let patience = 1.0
  /// Seconds for which a worker that was killed is missed, until the next one in its place takes work.
  private static let absence = 3.0
  /// Seconds around a kill: what Redis handed to the worker at the last moment is not always among what it held.
  private static let margin = 0.5

  let timers: [Timer]
  var judged: Int { timers.count(where: \.isJudged) }
  var late: [Timer] { timers.filter { $0.excused < $0.fired } }

  init(_ evidence: Evidence) {
    let kills = evidence.injections.filter { $0.fault == .killWorker }
    let general = evidence.injections.filter { fault in
      fault.delaysTimers || fault.fault == .killWorker && Self.isOneOfSeveral(fault, kills)
    }
    var held: [ExecutionKey: [Injection]] = [:]
    for kill in kills { for key in kill.held { held[key, default: []].append(kill) } }
    let sorted = general.sorted { $0.begin < $1.begin }
    timers = evidence.executions.compactMap { key -> Timer? in
      guard let (set, fired) = Self.moments(evidence.calls(of: key)) else { return nil }
      let due = set + TortureWorkflow.delay
      let own = kills.filter { Self.isNear($0, set) || Self.isNear($0, due) } + (held[key] ?? [])
      let faults = own.isEmpty ? sorted : (sorted + own).sorted { $0.begin < $1.begin }
      return Timer(key, set: set, fired: fired, faults: faults)
    }
  }

  /// When the pause began at the earliest, and when it ended.
  private static func moments(_ calls: [Evidence.NumberedCall]) -> (set: Moment, fired: Moment)? {
    guard calls.first?.call.workflow == .timed, let fired = calls.first(where: { $0.call.step == 1 })?.call,
      let before = calls.first(where: { $0.serial == Int(fired.from) })?.call
    else { return nil }
    return (before.end, fired.at)
  }

  private static func isNear(_ kill: Injection, _ moment: Moment) -> Bool {
    kill.begin + -margin < moment && moment < kill.end + margin
  }

  /// Two workers that are gone at the same time leave too much for the third.
  private static func isOneOfSeveral(_ kill: Injection, _ kills: [Injection]) -> Bool {
    kills.contains { $0.victim != kill.victim && abs($0.begin - kill.begin) < absence }
  }

  fileprivate static func limit(from moment: Moment) -> Moment { moment + TortureWorkflow.delay + patience }
}

extension Punctuality.Timer {
  /// `faults` in the order of their beginnings. Each that comes before the timer's end puts that off until it is over
  /// and what it stopped has recovered; so does one that has ended shortly before the timer was set.
  fileprivate init(_ key: ExecutionKey, set: Moment, fired: Moment, faults: [Injection]) {
    var ready = set
    for fault in faults {
      guard fault.begin < Punctuality.limit(from: ready) else { break }
      ready = max(ready, fault.end + Check.recoveryLimit)
    }
    self.init(
      key: key, due: set + TortureWorkflow.delay, fired: fired, excused: Punctuality.limit(from: ready),
      isJudged: ready == set)
  }
}
