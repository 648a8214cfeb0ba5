// Why a command ends without success: the lines that a person reads, and the code that a script reads.

import ExecutionQueue
import ProcessSupport
import Workflows

struct CommandFailure: Error {
  /// As they are written, `millrace: …` or `file:line:column: …`.
  let lines: [String]
  let code: Int32

  private init(lines: [String], code: Int32) {
    self.lines = lines
    self.code = code
  }

  /// One sentence.
  init(_ message: String, code: Int32 = ExitCode.failure) {
    self.init(lines: ["millrace: \(message)"], code: code)
  }

  /// What was wrong has been told already.
  static func silent(_ code: Int32) -> CommandFailure {
    CommandFailure(lines: [], code: code)
  }

  /// The message without what it is about.
  func reason(of subject: String) -> String {
    lines.joined(separator: " ").replacing("millrace: \(subject): ", with: "")
  }

  /// `consequence` is what the problems led to, "nothing was applied" for example.
  init(_ diagnostics: Diagnostics, consequence: String) {
    let count = diagnostics.list.count
    let summary = "millrace: \(count) \(count == 1 ? "problem" : "problems"); \(consequence)"
    self.init(lines: diagnostics.list.map(\.description) + [summary], code: ExitCode.badData)
  }

  init(_ problems: SettingsProblems) {
    self.init(lines: problems.list.map { "millrace: \($0)" }, code: problems.code)
  }

  /// The Redis that was there a moment ago does not do what it was asked.
  init(_ error: QueueError) {
    self.init(error.message, code: ExitCode.unavailable)
  }
}
