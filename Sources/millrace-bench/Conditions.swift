// Under what conditions figures were measured; without them they mean nothing.

import Foundation
import Glibc
import ProcessSupport

struct Conditions {
  let surroundings: Surroundings
  let redis: PrivateRedis
  let stage: Stage

  static var isReleaseBuild: Bool {
    #if DEBUG
      false
    #else
      true
    #endif
  }

  func print(title: String, load: String) async throws {
    Output.line("\n## \(title)\n\nConditions:\n")
    Output.line("- machine: \(machine); everything shares these cores, on loopback; load average \(loadAverage)")
    Output.line("- build: \(Self.isReleaseBuild ? "release" : "DEBUG"), version \(Build.version), \(await commit())")
    Output.line("- Redis: \(try redis.description()); its files on \(fileSystem)")
    Output.line("- Millrace: durability normal, \(surroundings.eventLoops) event loop(s), worker concurrency 256")
    Output.line("- load: \(load), wrk \(await wrkVersion())")
  }

  private var machine: String {
    let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))
    let models = text(of: "/proc/cpuinfo").split(separator: "\n").filter { $0.hasPrefix("model name") }
    let model = models.first?.split(separator: ":").last?.trimmingCharacters(in: .whitespaces) ?? "unknown processor"
    let memory = Int(sysconf(Int32(_SC_PHYS_PAGES))) * Int(sysconf(Int32(_SC_PAGESIZE)))
    let kernel = text(of: "/proc/sys/kernel/osrelease").trimmingCharacters(in: .whitespacesAndNewlines)
    return "\(cores) cores, \(model), \(Figure.bytes(memory)), Linux \(kernel)"
  }

  private var loadAverage: String {
    text(of: "/proc/loadavg").split(separator: " ").first.map(String.init) ?? "unknown"
  }

  /// An append-only file in memory would flatter every figure.
  private var fileSystem: String {
    let mounts = text(of: "/proc/mounts").split(separator: "\n").map { $0.split(separator: " ") }
    let place = mounts.filter { $0.count > 2 && "\(stage.directory)/".hasPrefix($0[1] == "/" ? "/" : "\($0[1])/") }
      .max { $0[1].count < $1[1].count }
    guard let type = place?[2] else { return "an unknown file system" }
    return type == "tmpfs" ? "tmpfs (memory: nothing reaches a disk)" : String(type)
  }

  /// Of the repository around this executable; a build kept elsewhere has none.
  private func commit() async -> String {
    guard let git = surroundings.programs.find("git"),
      let directory = ExecutablePath.current.map({ URL(filePath: $0).deletingLastPathComponent().path }),
      let revision = await firstLine(git, ["-C", directory, "rev-parse", "--short", "HEAD"])
    else { return "commit unknown" }
    let changes = await firstLine(git, ["-C", directory, "status", "--porcelain", "--untracked-files=no"])
    return "commit \(revision)\(changes == nil ? "" : " with uncommitted changes")"
  }

  private func wrkVersion() async -> String {
    // It ends with code 1 after its usage text.
    guard let program = try? stage.start("wrk", surroundings.programs.wrk, ["-v"], environment: [:]),
      (try? await program.finish(within: .seconds(5))) != nil
    else { return "of unknown version" }
    return program.lines.first?.split(separator: " ").dropFirst().first.map(String.init) ?? "of unknown version"
  }

  private func firstLine(_ executable: String, _ arguments: [String]) async -> String? {
    let lines = try? await stage.output(
      of: executable, executable, arguments, environment: surroundings.programs.environment, within: .seconds(10))
    return lines?.first
  }

  private func text(of path: String) -> String {
    (try? String(contentsOfFile: path, encoding: .utf8)) ?? ""
  }
}
