// A real sentinel for tests, one that decides alone: it watches over one primary, under the name `mill`.

import Foundation
import Glibc

/// Write `defer { sentinel.stop() }` right after the start.
package final class Sentinel: Sendable {
  package let port: Int
  private let directory: TemporaryDirectory
  private let process: Process

  package init(watching primary: RedisServer) throws {
    directory = try TemporaryDirectory()
    port = try FreePort.next()
    let file = try directory.write(
      "sentinel.conf",
      """
      port \(port)
      bind 127.0.0.1
      dir \(directory.path)
      logfile \(directory.path)/sentinel.log
      sentinel monitor mill 127.0.0.1 \(primary.port) 1
      sentinel down-after-milliseconds mill 1000
      sentinel failover-timeout mill 6000

      """)
    process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/redis-server")
    process.arguments = [file, "--sentinel"]
    process.standardOutput = FileHandle.nullDevice
    try process.run()
  }

  /// As a Redis URL.
  package var url: String { "redis+sentinel://127.0.0.1:\(port)/mill" }

  /// How many of the primary it knows.
  package func replicas() throws -> Int {
    let lines = try command("SENTINEL", "MASTER", "mill").split(separator: "\n", omittingEmptySubsequences: false)
    return lines.firstIndex(of: "num-slaves").flatMap { Int(lines[$0 + 1]) } ?? 0
  }

  /// Begins a failover although the primary lives; it learns of it some ten seconds later.
  package func failOver(within limit: Duration = .seconds(20)) async throws {
    try await eventually("the failover begins", within: limit) {
      let answer = try command("SENTINEL", "FAILOVER", "mill")
      guard answer == "+OK" else { throw NotInTime(description: answer) }
      return true
    }
  }

  /// Its signals may be blocked, as they are in the thread that started it.
  package func stop() {
    kill(process.processIdentifier, SIGKILL)
    process.waitUntilExit()
  }

  private func command(_ words: String...) throws -> String {
    try RedisServer.RawConnection(port: port, socketPath: nil, password: nil).send(words)
  }
}
