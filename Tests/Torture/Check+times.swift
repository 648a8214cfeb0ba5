// Timers: not early, not late when all is well; and how soon others go on with what a killed worker held.

extension Check {
  private static let tolerance = 0.002
  /// Seconds within which 99 of 100 executions of a killed worker go on.
  static let recoveryLimit = 10.0
  /// Kills of workers after which some have happened while nothing else was wrong.
  private static let manyKills = 20

  /// Seconds after its answer within which what a call came to is in Redis when nothing is in the way.
  static let keeping = 1.0

  private static func isBrokenOff(_ call: Call, _ evidence: Evidence) -> Bool {
    evidence.isDisturbed(from: call.at, to: call.end + keeping) { $0.delaysWrites(of: "worker-\(call.worker)") }
  }

  static let times = [
    Check(name: "timers early") { evidence in
      Punctuality(evidence).timers.filter { $0.fired < $0.due + -tolerance }
        .map { "\($0.key) fired at \($0.fired.shown), due at \($0.due.shown)" }
    },
    Check(name: "timers late") { evidence -> [String] in
      let punctuality = Punctuality(evidence)
      let late = punctuality.late.map {
        "\($0.key) fired at \($0.fired.shown), due at \($0.due.shown), excused until \($0.excused.shown)"
      }
      guard late.isEmpty, punctuality.judged == 0 else { return late }
      return ["\(punctuality.timers.count) timers, none of them away from faults"]
    },
    Check(name: "tries before Retry-After") { evidence in
      evidence.executions.flatMap { key -> [String] in
        let calls = evidence.calls(of: key).map(\.call)
        return zip(calls, calls.dropFirst()).compactMap { first, second in
          // One that began before the answer is a node that was interrupted and run elsewhere; so is one whose worker was
          // stopped or disturbed before it can have kept the answer.
          first.outcome == .refused && first.step == second.step && first.end <= second.at
            && second.at - first.end < Double(first.retryAfter) - tolerance && !isBrokenOff(first, evidence)
            ? "\(key) tried again at \(second.at.shown), \(first.retryAfter) s after \(first.end.shown)" : nil
        }
      }
    },
    Check(name: "slow recoveries") { evidence -> [String] in
      let recovery = Recovery(evidence)
      let kills = evidence.injections.count { $0.fault == .killWorker }
      if kills >= manyKills, recovery.undisturbed.sorted.isEmpty {
        return ["\(kills) workers were killed, never while nothing else was wrong"]
      }
      let slow = [recovery.undisturbed, recovery.corrected].filter { $0.percentile(0.99) > recoveryLimit }
      return slow.flatMap(\.sorted).filter { $0 > recoveryLimit }.map { "after \($0) s, Redis's absence left out" }
    },
  ]
}
