// Everything that one benchmark starts. When its scope ends, however it ends, all of it is stopped and its directory is
// removed.

import Foundation
import ProcessSupport
import Synchronization

final class Stage: Sendable {
  /// For files of this benchmark, and those of the peers' scripts: one that is killed leaves its own behind.
  let directory: String
  private let programs = Mutex<[RunningProgram]>([])

  static func run<Result>(_ body: (Stage) async throws -> Result) async throws -> Result {
    let stage = try Stage()
    do {
      let result = try await body(stage)
      await stage.clear()
      return result
    } catch {
      await stage.clear()
      throw error
    }
  }

  private init() throws {
    let place = FileManager.default.temporaryDirectory.appending(path: "millrace-bench-\(UUID().uuidString)")
    try FileManager.default.createDirectory(at: place, withIntermediateDirectories: true)
    directory = place.path
  }

  func start(
    _ name: String, _ executable: String, _ arguments: [String], environment: [String: String]
  ) throws -> RunningProgram {
    let program = try RunningProgram(name, executable, arguments, environment: environment)
    programs.withLock { $0.append(program) }
    return program
  }

  /// Runs a program to its end and returns what it has written.
  func output(
    of name: String, _ executable: String, _ arguments: [String], environment: [String: String], within limit: Duration
  ) async throws -> [String] {
    let program = try start(name, executable, arguments, environment: environment)
    let status = try await program.finish(within: limit)
    await stop(program)
    guard status.isSuccess else { throw BenchError("\(name) \(status): \(program.lastWords)") }
    return program.lines
  }

  func stop(_ program: RunningProgram) async {
    await program.stop()
    programs.withLock { $0.removeAll { $0 === program } }
  }

  /// - Returns: The file's path.
  func write(_ text: String, to name: String) throws -> String {
    let path = "\(directory)/\(name)"
    try text.write(toFile: path, atomically: false, encoding: .utf8)
    return path
  }

  private func clear() async {
    // What was started last leans on what was started first.
    while let program = programs.withLock({ $0.popLast() }) { await program.stop() }
    try? FileManager.default.removeItem(atPath: directory)
  }
}
