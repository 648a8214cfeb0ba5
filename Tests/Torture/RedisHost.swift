// The Redis of the run, and orders to it past the programs under test.

import Foundation
import ProcessSupport
import TestSupport

final class RedisHost: Sendable {
  static let streams = ["{p0}:q:high", "{p0}:q:normal", "{p0}:q:low"]

  let port: Int
  let program: Program
  let control: RedisControl

  init(durability: TortureOptions.Durability, directory: String, guardian: Guardian) throws {
    guard let executable = ExecutablePath.find("redis-server", on: ProcessEnvironment.all()["PATH"] ?? "/usr/bin")
    else {
      throw TortureError("redis-server is not installed")
    }
    let data = "\(directory)/redis"
    try FileManager.default.createDirectory(atPath: data, withIntermediateDirectories: true)
    port = try FreePort.next()
    control = RedisControl(port: port)
    let settings = [
      "bind": "127.0.0.1", "port": "\(port)", "dir": data, "save": "", "enable-debug-command": "local",
      "appendonly": "yes", "appendfsync": durability == .strict ? "always" : "everysec",
    ]
    program = try Program(
      Program.Launch(
        name: "redis", executable: executable, arguments: settings.flatMap { ["--\($0.key)", $0.value] },
        directory: directory), guardian: guardian)
  }

  /// Returns when it answers, its data read.
  func start() async throws {
    try program.start()
    try await eventually("Redis answers", within: .seconds(60)) { try await control.call("PING").text == "PONG" }
  }

  func kill() async { await program.kill() }

  /// Executions that wait or run.
  func depth() async throws -> Int {
    var depth = 0
    for stream in Self.streams { depth += try await control.call("XLEN", stream).number ?? 0 }
    return depth
  }

  /// The executions whose entries a worker holds.
  func executions(heldBy consumer: String) async throws -> [ExecutionKey] {
    let script = """
      local held = {}
      for _, stream in ipairs(KEYS) do
        for _, pending in ipairs(redis.call('XPENDING', stream, 'workers', '-', '+', 10000, ARGV[1])) do
          local entry = redis.call('XRANGE', stream, pending[1], pending[1])[1]
          local fields = entry and entry[2] or {}
          for i = 1, #fields, 2 do if fields[i] == 't' then held[#held + 1] = fields[i + 1] end end
        end
      end
      return held
      """
    let words = ["EVAL", script, "\(Self.streams.count)"] + Self.streams + [consumer]
    return try await control.call(words).elements.compactMap { $0.text.flatMap { ExecutionKey($0) } }
  }

  func usedMemory() async throws -> Int {
    let lines = try await control.call("INFO", "memory").text?.split(whereSeparator: \.isNewline) ?? []
    return lines.first { $0.hasPrefix("used_memory:") }.flatMap { Int($0.dropFirst("used_memory:".count)) } ?? 0
  }
}
