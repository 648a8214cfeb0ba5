// How a child process ended.

package enum ExitStatus: Sendable, Hashable, CustomStringConvertible {
  case exited(Int32)
  /// By a signal, SIGKILL for example.
  case killed(Int32)

  package var isSuccess: Bool { self == .exited(0) }

  package var description: String {
    switch self {
    case .exited(let code): "ended with code \(code)"
    case .killed(let signal): "was ended by signal \(signal)"
    }
  }

  /// From the status that waitpid(2) fills in.
  init(waitStatus status: Int32) {
    let signal = status & 0x7f
    self = signal == 0 ? .exited(status >> 8 & 0xff) : .killed(signal)
  }
}
