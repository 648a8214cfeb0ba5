// What a deploy must not do: refuse or lose a webhook, count work that was handed back as crashed. Checked in runs where
// nothing else is done to the system.

extension Check {
  /// Workers that were replaced, about half of them with a short grace, after which some have handed work back.
  private static let manyStops = 6

  static let deploys = [
    Check(name: "webhooks refused during deploys") { evidence in
      evidence.counts.refused.map { "\($0.value) times \($0.key)" }
    },
    Check(name: "connections broken by deploys") { evidence in
      evidence.counts.broken == 0 ? [] : ["\(evidence.counts.broken) webhooks without an answer"]
    },
    Check(name: "callbacks refused during deploys") { evidence in
      evidence.callbacks.filter { $1.uncertain + $1.refused > 0 }
        .map {
          "\($0.key): \($0.value.refused) with 4xx \($0.value.refusal), \($0.value.uncertain) with 5xx or without an answer"
        }
    },
    Check(name: "crashes counted during deploys") { evidence in
      evidence.outcomes.values.filter { $0.crashes > 0 }.map { "\($0.key) \($0.workflow): \($0.crashes)" }
    },
    // Otherwise the checks of what was handed back have seen nothing.
    Check(name: "deploys that handed nothing back") { evidence in
      let stops = evidence.injections.count { $0.fault == .deploy && $0.victim.hasPrefix("worker") }
      guard stops >= manyStops, !evidence.outcomes.values.contains(where: \.wasHandedBack) else { return [] }
      return ["\(stops) workers were stopped, some in a hurry, and finished all that they had"]
    },
  ]
}
