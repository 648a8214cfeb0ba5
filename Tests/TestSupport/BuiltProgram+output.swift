// Programs whose output goes elsewhere than into a test's memory: into a file or a pipe, or onto a terminal.

import ProcessSupport

extension BuiltProgram {
  /// Starts a program whose standard output is a file, or a named pipe as soon as somebody reads it.
  package static func start(
    _ name: String, _ arguments: [String], writingTo file: String
  ) throws -> RunningProgram {
    try RunningProgram(
      executable: "/bin/sh", arguments: ["-c", #"exec "$@" > "$0""#, file, try path(name)] + arguments,
      environment: variables, directory: nil)
  }

  /// Runs a program on a terminal, to its end; the output has both of its streams.
  package static func runOnTerminal(_ name: String, _ arguments: [String]) async throws -> Result {
    let words = ([try path(name)] + arguments).map { "'\($0)'" }.joined(separator: " ")
    let program = try RunningProgram(
      executable: executable("script"), arguments: ["-qefc", words, "/dev/null"], environment: variables,
      directory: nil)
    let status = await program.waitForExit()
    return Result(status: status, output: program.output, error: program.error)
  }

  private static var variables: [String: String] {
    ProcessEnvironment.all().filter { !$0.key.hasPrefix("MILLRACE_") }
  }
}
