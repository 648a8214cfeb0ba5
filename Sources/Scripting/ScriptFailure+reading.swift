// Failures as runners tell them, and those that runners cannot tell.

import Glibc
import JSONCodec
import ProcessSupport

extension ScriptFailure {
  /// From `{kind, name, message, line, column, stack}`.
  init(json text: [UInt8]) {
    let value = (try? JSON.parse(text)) ?? .null
    self.init(
      value["kind"]?.stringValue.flatMap(Kind.init) ?? .thrown,
      value["message"]?.stringValue ?? "the script failed", name: value["name"]?.stringValue,
      line: value["line"]?.intValue.flatMap { Int(exactly: $0) },
      column: value["column"]?.intValue.flatMap { Int(exactly: $0) }, stack: value["stack"]?.stringValue)
  }

  static func timeout(_ limit: Duration) -> ScriptFailure {
    ScriptFailure(.timeout, "the script took longer than \(limit.millraceText)", name: "TimeoutError")
  }

  static func memory(_ limit: Int) -> ScriptFailure {
    ScriptFailure(.memory, "the script used more than \(ByteSize(bytes: limit)) of memory")
  }

  static func result(limit: Int) -> ScriptFailure {
    ScriptFailure(.limit, "the result is larger than \(ByteSize(bytes: limit))", name: "ResultError")
  }

  static func noRunner(_ reason: String) -> ScriptFailure {
    ScriptFailure(.unavailable, "no script runner can be started: \(reason)")
  }

  static func tooManyWaiting(_ room: Int) -> ScriptFailure {
    ScriptFailure(.unavailable, "more than \(room) scripts wait for a runner")
  }

  static func crashed(_ status: ExitStatus) -> ScriptFailure {
    ScriptFailure(.crashed, "the script's runner \(status.text) while the script ran")
  }

  static let cancelled = ScriptFailure(.unavailable, "the script was given up, because nobody waits for it any more")
  static let shutDown = ScriptFailure(.unavailable, "scripts are not run any more: this process is shutting down")
}

extension ExitStatus {
  /// With the signal's name.
  var text: String {
    switch self {
    case .exited: description
    case .killed(let signal): Self.names[signal].map { "was ended by \($0)" } ?? description
    }
  }

  private static let names: [Int32: String] = [
    SIGABRT: "SIGABRT", SIGBUS: "SIGBUS", SIGFPE: "SIGFPE", SIGILL: "SIGILL", SIGKILL: "SIGKILL", SIGSEGV: "SIGSEGV",
    SIGSYS: "SIGSYS", SIGTERM: "SIGTERM", SIGTRAP: "SIGTRAP", SIGXCPU: "SIGXCPU",
  ]
}
