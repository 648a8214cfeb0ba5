// What must hold of a run, whatever was done to the system.

struct Check: Sendable {
  let name: String
  /// One line for each violation.
  let violations: @Sendable (Evidence) -> [String]

  static func all(in setting: Evidence.Setting) -> [Check] {
    var checks = [lost, endedBadly, unfinished, duplicates] + steps + lanes + times
    checks.append(callbacks)
    checks += answers
    if setting.deploys { checks += deploys }
    checks.append(died)
    return checks
  }

  private static let died = Check(name: "processes that died by themselves") { $0.deaths }
}

extension TortureOptions.Sabotage {
  /// Those that are there to notice it; that others do would say nothing of them.
  var noticedBy: [Check] {
    switch self {
    case .fence: [.fenced, .repeated]
    case .checkpoint: [.repeated]
    }
  }
}

extension Check {
  private static let lost = Check(name: "lost") { evidence in
    evidence.acknowledged.compactMap { webhook in
      let steps = Set(evidence.calls(of: webhook.key).map(\.call.step))
      guard evidence.outcomes[webhook.key] != nil else {
        let what = "\(webhook.workflow) \(webhook.n) (\(webhook.key)) at \(webhook.at.shown)"
        return "\(what) has no record and made the calls \(steps.sorted())"
      }
      guard evidence.failures[webhook.key] == nil else { return nil }
      return steps.count == webhook.workflow.calls.count
        ? nil : "\(webhook.workflow) \(webhook.n) at \(webhook.at.shown) made the calls \(steps.sorted())"
    }
  }

  /// A script whose runner is killed fails, and says why.
  private static let endedBadly = Check(name: "failed executions") { evidence in
    evidence.failures.filter { !evidence.isExcused($0.value) }.map { "\($0.key) \($0.value)" }
  }

  private static let unfinished = Check(name: "executions that never ended") { evidence in
    Array(repeating: "a record or stream entry is left", count: evidence.unfinished)
  }

  private static let duplicates = Check(name: "executions beyond one of a webhook") { evidence in
    var first: [UInt32: ExecutionKey] = [:]
    var lines: [String] = []
    func note(_ n: UInt32, _ key: ExecutionKey, _ workflow: TortureWorkflow) {
      if let other = first[n], other != key { lines.append("\(workflow) \(n) is \(other) and \(key)") }
      first[n] = key
    }
    for webhook in evidence.acknowledged { note(webhook.n, webhook.key, webhook.workflow) }
    for key in evidence.executions {
      if let call = evidence.calls(of: key).first?.call { note(call.n, key, call.workflow) }
    }
    return lines
  }
}
