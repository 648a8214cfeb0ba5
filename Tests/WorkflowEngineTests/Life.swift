// The whole life of an execution in a test: run after run until it is over, with time that passes when it waits and
// faults at the journal.

import Testing
import WorkflowEngine
import Workflows

struct Life {
  var trial: Trial
  /// One for each run, until they are used up.
  var faults: [MemoryJournal.Fault] = []
  /// What somebody sends to a callback as soon as it is waited for.
  var answers: [UInt8]?
  private(set) var waits: [Suspension] = []
  private(set) var runs = 0

  init(_ trial: Trial) {
    self.trial = trial
  }

  mutating func end() async throws -> RunReport {
    while true {
      runs += 1
      try #require(runs < 1000)
      trial.journal = MemoryJournal(faults.isEmpty ? nil : faults.removeFirst())
      let report = try await trial.run()
      trial.records += try trial.journal.stored()
      switch report.outcome {
      case .abandoned:
        trial.attempt += 1
      case .suspended(let suspension):
        trial.records += try report.records.map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
        waits.append(suspension)
        if let answers, !suspension.callbacks.isEmpty {
          for callback in suspension.callbacks { trial.arrivals[callback] = answers }
        } else {
          trial.time = max(trial.time, suspension.until)
        }
      case .succeeded, .failed, .error, .timedOut:
        return report
      }
    }
  }
}
