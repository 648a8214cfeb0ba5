// The programs of this package as tests run them: the very files that the same build made, each as a real process.

import Foundation
import Glibc
package import ProcessSupport

package enum BuiltProgram {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// What a program that has ended leaves behind.
  package struct Result: Sendable {
    package let status: ExitStatus
    package let output: String
    package let error: String

    /// As a shell tells it: a signal is 128 and its number.
    package var code: Int32 { status.code }
    package var outputLines: [String] { output.split(separator: "\n").map(String.init) }
    package var errorLines: [String] { error.split(separator: "\n").map(String.init) }
  }

  /// The file of a product, `millrace` for example: it lies beside the test bundle. A path is taken as it is.
  package static func path(_ name: String) throws -> String {
    if name.hasPrefix("/") { return name }
    var folders = [ExecutablePath.current.map(folder)].compactMap(\.self)
    // A test runner of the toolchain tells on its command line where the bundle is.
    folders += CommandLine.arguments.filter { $0.hasSuffix(".xctest") }.map(folder)
    for folder in folders where access("\(folder)/\(name)", X_OK) == 0 { return "\(folder)/\(name)" }
    throw Failure(description: "\(name) is not built: it is not in \(folders.joined(separator: " or "))")
  }

  /// Runs a program to its end. `environment` holds all its MILLRACE_ variables; of the test's own it gets none.
  package static func run(
    _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil
  ) async throws -> Result {
    let program = try start(name, arguments, environment: environment, directory: directory)
    let status = await program.waitForExit()
    return Result(status: status, output: program.text(of: .output), error: program.text(of: .error))
  }

  /// Starts a program. It ends with the returned value at the latest. `openFiles` is how many it may have open.
  package static func start(
    _ name: String, _ arguments: [String] = [], environment: [String: String] = [:], directory: String? = nil,
    openFiles: Int? = nil
  ) throws -> RunningProgram {
    var variables = ProcessEnvironment.all().filter { !$0.key.hasPrefix("MILLRACE_") }
    variables.merge(environment) { $1 }
    let executable = try path(name)
    guard let openFiles else {
      return try RunningProgram(
        executable: executable, arguments: arguments, environment: variables, directory: directory)
    }
    return try RunningProgram(
      executable: "/usr/bin/prlimit", arguments: ["--nofile=\(openFiles)", executable] + arguments,
      environment: variables, directory: directory)
  }

  private static func folder(of path: String) -> String {
    path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
  }
}

extension ExitStatus {
  /// As a shell tells it: a signal is 128 and its number.
  package var code: Int32 {
    switch self {
    case .exited(let code): code
    case .killed(let signal): 128 + signal
    }
  }
}
