// What senders were told.

extension Check {
  static let answers = [
    Check(name: "wrong synchronous answers") { evidence in
      // Who was told "later" can compare the record only.
      evidence.counts.wrong
        + evidence.acknowledged.compactMap { webhook in
          guard webhook.workflow == .sync, let outcome = evidence.outcomes[webhook.key], outcome.hasSucceeded,
            outcome.carried[0] != webhook.n
          else { return nil }
          return "\(webhook.n) was answered with \(outcome.carried[0]) in the record"
        }
    },
    Check(name: "2xx without an execution") { evidence in
      Array(repeating: "the answer has no Millrace-Execution-Id", count: evidence.counts.nameless)
    },
    Check(name: "answers other than 2xx, 429 and 503") { evidence in
      evidence.counts.refused.filter { ![429, 503].contains($0.key) }.map { "\($0.value) times \($0.key)" }
    },
    Check(name: "webhooks without any answer") { evidence in
      Array(repeating: "no answer and no end of the connection", count: evidence.counts.hanging)
    },
    Check(name: "unreadable calls of the target") { evidence in
      Array(repeating: "a call names no execution or no step", count: evidence.unreadable)
    },
  ]
}
