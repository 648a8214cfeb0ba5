// What to start and how.

package struct ChildProcessLaunch: Sendable {
  package enum Stream: Sendable {
    case output
    case error
  }

  package enum Output: Sendable {
    /// The same as this process's.
    case inherited
    case discarded
    /// Each line of the child's output and error, without its line end, on a thread of its own.
    case lines(@Sendable (Stream, String) -> Void)

    /// Lines go to the same stream of this process, each after a prefix such as `ingest | `.
    package static func prefixed(_ prefix: String) -> Output {
      .lines { stream, line in writeAll("\(prefix)\(line)\n", to: stream == .output ? 1 : 2) }
    }
  }

  package var executable: String
  /// Without the program's name.
  package var arguments: [String]
  /// All variables of the child; nil for those of this process.
  package var environment: [String: String]?
  package var workingDirectory: String?
  /// What the child gets as its standard input, a socket for example; nil for none. It stays the caller's to close.
  package var input: Int32?
  package var output: Output
  /// True for a process group of its own: Ctrl-C in the terminal then reaches only this process.
  package var ownsGroup: Bool

  package init(
    executable: String, arguments: [String] = [], environment: [String: String]? = nil,
    workingDirectory: String? = nil, input: Int32? = nil, output: Output = .inherited, ownsGroup: Bool = false
  ) {
    self.executable = executable
    self.arguments = arguments
    self.environment = environment
    self.workingDirectory = workingDirectory
    self.input = input
    self.output = output
    self.ownsGroup = ownsGroup
  }
}

/// Why a program could not be started, in one line.
package struct ChildProcessError: Error, Sendable, Equatable, CustomStringConvertible {
  package let description: String

  init(_ launch: ChildProcessLaunch, code: Int32) {
    let place = launch.workingDirectory.map { " in '\($0)'" } ?? ""
    description = "cannot start '\(launch.executable)'\(place): \(lastSystemError(code))"
  }
}
