// Each node once, but for the one that was interrupted; and nothing written by those who lost the fence.

extension Check {
  static let steps = [
    repeated, fenced,
    Check(name: "results of other nodes or executions") { evidence in
      evidence.executions.flatMap { key -> [String] in
        let calls = evidence.calls(of: key)
        return calls.compactMap { numbered in
          let call = numbered.call
          return isOwn(call, among: calls, evidence.callbacks[key])
            ? nil : "\(key) \(call.workflow) call \(call.step) at \(call.at.shown) carried \(call.from)"
        }
      }
    },
    // Whoever is interrupted has not failed: killed, stopped, handed back.
    Check(name: "attempts counted without a failure") { evidence in
      evidence.outcomes.values.compactMap { outcome in
        guard outcome.tries > 0 else { return nil }
        let failures = evidence.calls(of: outcome.key).count(where: \.call.isFailed)
        return outcome.tries <= failures
          ? nil : "\(outcome.key) \(outcome.workflow) counted \(outcome.tries) for \(failures) answers that failed"
      }
    },
  ]

  static let repeated = Check(name: "finished nodes run again") { evidence in
    evidence.executions.flatMap { key -> [String] in
      let calls = evidence.calls(of: key).map(\.call)
      return stepsBack(key, calls) + tooMany(key, calls, evidence.outcomes[key]) + kept(key, calls, evidence)
    }
  }

  /// A call after one of a later stage.
  private static func stepsBack(_ key: ExecutionKey, _ calls: [Call]) -> [String] {
    zip(calls, calls.dropFirst()).compactMap { earlier, later in
      let workflow = later.workflow
      return workflow.stage(ofStep: Int(later.step)) < workflow.stage(ofStep: Int(earlier.step))
        ? "\(key) \(workflow) call \(later.step) at \(later.at.shown) after call \(earlier.step)" : nil
    }
  }

  /// More repetitions than runs can have been interrupted. Each run raises the epoch; those that only went on after a
  /// wait or a counted attempt interrupted nothing. A run that is handed back raises it twice, and so does a begin whose
  /// answer was lost; there the bound is loose.
  private static func tooMany(_ key: ExecutionKey, _ calls: [Call], _ outcome: Outcome?) -> [String] {
    // That one has no record is told by another check.
    guard let outcome, let workflow = calls.first?.workflow else { return [] }
    let repeats = Evidence.repeats(calls)
    let interruptions = max(0, Int(outcome.takeovers) - workflow.leastWaits - Int(outcome.tries))
    return repeats <= workflow.width * interruptions
      ? [] : ["\(key) \(workflow) repeated \(repeats) calls, taken over \(outcome.takeovers) times"]
  }

  /// Seconds for which a fault is felt after its end: connections come back, and what has piled up is written.
  private static let aftermath = 8.0

  /// A call that was answered while its worker was well, and for long enough after it, has been kept; whoever goes on
  /// later must not make it again. The answer of a worker that dies, stands still or is cut off within a second may be
  /// lost; so may that of one which had just been disturbed.
  private static func kept(_ key: ExecutionKey, _ calls: [Call], _ evidence: Evidence) -> [String] {
    calls.compactMap { call in
      guard call.outcome == .answered, call.worker > 0,
        let again = calls.first(where: { $0.step == call.step && call.end < $0.at })
      else { return nil }
      let worker = "worker-\(call.worker)"
      let isDisturbed = evidence.isDisturbed(from: call.end + -aftermath, to: call.end + keeping) {
        $0.delaysWrites(of: worker)
      }
      return isDisturbed
        ? nil
        : "\(key) \(call.workflow) call \(call.step) was answered at \(call.end.shown), \(worker) was well, "
          + "and again at \(again.at.shown)"
    }
  }

  /// What the record has of a node is what its last call came to: a call is made only by the run that holds the fence,
  /// and only when the record has nothing of that node yet, so anything else was written by a run that had lost it. And
  /// what a call carries is what the record has of the node before.
  ///
  /// That tells of every workflow with calls; `sync` makes none. What a script works out and what came at a callback is
  /// the same whoever writes it, so of `scripted` and `waits` only the calls' own results can tell.
  static let fenced = Check(name: "results written by fenced workers") { evidence in
    evidence.executions.flatMap { key -> [String] in
      guard let outcome = evidence.outcomes[key], outcome.hasSucceeded else { return [] }
      let calls = evidence.calls(of: key)
      let last = Dictionary(calls.map { ($0.call.step, $0) }) { $1 }
      let strangers = last.values.compactMap { numbered -> String? in
        let recorded = outcome.serials[Int(numbered.call.step)]
        return numbered.serial == Int(recorded)
          ? nil
          : "\(key) \(outcome.workflow) call \(numbered.call.step) came last as \(numbered.serial), "
            + "the record has \(recorded)"
      }
      return strangers
        + calls.compactMap { numbered in
          let call = numbered.call
          let recorded = outcome.carried[Int(call.step)]
          return call.from == recorded || isResumed(call, recorded)
            ? nil
            : "\(key) \(call.workflow) call \(call.step) at \(call.at.shown) carried \(call.from), "
              + "the record has \(recorded)"
        }
    }
  }

  /// A wait that ran out has no number to record.
  private static func isResumed(_ call: Call, _ recorded: UInt32) -> Bool {
    call.workflow == .waits && call.from == 0 && recorded == Outcome.missing
  }

  /// Whether the number that it carries is that of a call before it in its own execution.
  private static func isOwn(
    _ call: Call, among calls: [Evidence.NumberedCall], _ callbacks: CallbackBook.Callbacks?
  ) -> Bool {
    switch call.workflow {
    case .scripted: call.from == 2 &* call.n
    case .waits where call.step == 1: call.from == 0 || callbacks?.sent.contains(call.from) == true
    case .loops, .forked:
      Int(call.step) < call.workflow.calls.count - 1
        ? call.from == 0 : sums(of: calls, below: call.step).contains(call.from)
    default:
      call.step == 0
        ? call.from == 0 : calls.contains { $0.serial == Int(call.from) && $0.call.step + 1 == call.step }
    }
  }

  /// What the serial numbers of the calls before may add up to, one of each step.
  private static func sums(of calls: [Evidence.NumberedCall], below step: UInt8) -> Set<UInt32> {
    (0..<step).reduce(Set<UInt32>([0])) { sums, step in
      let serials = calls.filter { $0.call.step == step }.map { UInt32(truncatingIfNeeded: $0.serial) }
      return Set(sums.flatMap { sum in serials.map { sum &+ $0 } })
    }
  }
}
