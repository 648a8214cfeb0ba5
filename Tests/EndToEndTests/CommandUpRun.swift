// One `millrace up` of a test: ready, on free ports, with a directory of its own.

import Foundation
import Glibc
import TestSupport

struct UpRun {
  struct Process {
    let name: String
    let identifier: Int32
  }

  let program: RunningProgram
  /// Of ingest.
  let url: String
  let directory: TemporaryDirectory

  static func start(
    workers: Int = 1, directory: TemporaryDirectory? = nil, workflows: String = CommandExamples.directory,
    environment: [String: String] = [:]
  ) async throws -> UpRun {
    let directory = try directory ?? TemporaryDirectory()
    let program = try BuiltProgram.start(
      "millrace",
      [
        "up", workflows, "--workers", "\(workers)", "--listen", "127.0.0.1:0", "--metrics-listen",
        "127.0.0.1:0", "--log-format", "text",
      ], environment: environment, directory: directory.path)
    let line = try await program.line(containing: "webhooks", within: .seconds(60))
    try await program.line(containing: "Ctrl-C")
    let url = line.split(separator: " ").last.map { String($0).replacing("/api/webhooks/<key>", with: "") } ?? ""
    return UpRun(program: program, url: url, directory: directory)
  }

  /// Runs a command in the same directory, where it finds the private Redis by itself.
  func millrace(_ arguments: String...) async throws -> BuiltProgram.Result {
    try await BuiltProgram.run("millrace", arguments, directory: directory.path)
  }

  /// What it has started.
  func processes() throws -> [Process] {
    let text = try String(contentsOfFile: directory.file(".millrace/lock"), encoding: .utf8)
    return text.split(separator: "\n").dropFirst().compactMap { line in
      let words = line.split(separator: " ")
      guard words.count == 4, let identifier = Int32(words[1]) else { return nil }
      return Process(name: String(words[0]), identifier: identifier)
    }
  }

  /// Zombies, which only wait for their parent to notice, do not run.
  static func isRunning(_ process: Process) -> Bool {
    guard let text = try? String(contentsOfFile: "/proc/\(process.identifier)/stat", encoding: .utf8) else {
      return false
    }
    return text[(text.lastIndex(of: ")") ?? text.startIndex)...].dropFirst(2).first != "Z"
  }
}
