// A real `redis-server` for tests: the queue that stands between ingest and worker in a webhook's journey.
// Each one has its own temporary directory and its own port (or unix socket); it can be killed, paused and restarted.
// It ends with `stop()`, with its last reference, or with the test process, whichever is first.

import Foundation
import Glibc
import Synchronization

/// A Redis server owned by one test.
///
/// Write `defer { server.stop() }` right after the start: besides stopping, it keeps the object alive to the end of the
/// test (Swift may otherwise release it, and end the server, after its last use).
package final class RedisServer: Sendable {
  package enum AppendOnly: String, Sendable, CaseIterable { case off, everysec, always }

  /// Where the server listens: a free port of 127.0.0.1, or a socket in its directory (then `port` is 0).
  package enum Listening: Sendable { case tcp, unixSocket }

  package struct User: Sendable {
    let name: String
    let password: String
    let rules: String

    /// `rules` are ACL rules as in redis.conf.
    package init(name: String, password: String, rules: String = "~* &* +@all") {
      self.name = name
      self.password = password
      self.rules = rules
    }
  }

  package struct Failure: Error, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  /// The TCP port, 0 for a unix socket. The same after a restart.
  package let port: Int
  /// The server's directory: redis.conf, redis.log, its data, and its socket if it has one.
  package let directory: String
  /// Address for clients, without user and password.
  package var address: String { socketPath.map { "unix://\($0)" } ?? "redis://127.0.0.1:\(port)" }
  /// Address for clients, with the password given at the start.
  package let url: String

  let socketPath: String?
  private let password: String?
  private let isPersistent: Bool
  /// In front of libc's, for `cutPower`.
  private let library: String?
  private let running = Mutex<RunningProcess?>(nil)

  /// Starts a server and returns once it answers PING. `configuration` is further lines of redis.conf; they come last
  /// and win. Only one that was started for it can lose its power.
  package static func start(
    appendOnly: AppendOnly = .off, listening: Listening = .tcp, password: String? = nil, users: [User] = [],
    configuration: [String] = [], canLosePower: Bool = false
  ) async throws -> RedisServer {
    for _ in 0..<20 {
      let server = try RedisServer(
        appendOnly: appendOnly, listening: listening, password: password, users: users, configuration: configuration,
        canLosePower: canLosePower)
      do {
        try await server.launch()
        return server
      } catch let failure as Failure where failure.description.contains("Address already in use") {
        server.stop()  // somebody took the port between the choice and the start: choose another
      }
    }
    throw Failure(description: "found no free port for redis-server")
  }

  private init(
    appendOnly: AppendOnly, listening: Listening, password: String?, users: [User], configuration: [String],
    canLosePower: Bool
  ) throws {
    var template = Array((FileManager.default.temporaryDirectory.path + "/millrace-redis-XXXXXX").utf8CString)
    guard mkdtemp(&template) != nil else {
      throw Failure(description: "no temporary directory for redis-server: errno \(errno)")
    }
    directory = String(decoding: template.dropLast().map(UInt8.init(bitPattern:)), as: UTF8.self)
    self.password = password
    isPersistent = appendOnly != .off
    library = canLosePower ? try PowerCut.library(in: directory) : nil
    let allowed = CharacterSet.alphanumerics
    let secret = password.map { ":\($0.addingPercentEncoding(withAllowedCharacters: allowed) ?? $0)@" } ?? ""
    switch listening {
    case .tcp:
      port = try FreePort.next()
      socketPath = nil
      url = "redis://\(secret)127.0.0.1:\(port)"
    case .unixSocket:
      port = 0
      socketPath = directory + "/redis.sock"
      url = "unix://\(secret)\(directory)/redis.sock"
    }
    var lines = [
      "bind 127.0.0.1", "port \(port)", "dir \(directory)", "logfile \(directory)/redis.log", "daemonize no",
      "save \"\"", "enable-debug-command local", "appendonly \(isPersistent ? "yes" : "no")",
    ]
    if isPersistent { lines.append("appendfsync \(appendOnly.rawValue)") }
    if let socketPath { lines.append("unixsocket \(socketPath)") }
    if let password { lines.append("requirepass \"\(password)\"") }
    lines += users.map { "user \($0.name) on >\($0.password) \($0.rules)" } + configuration
    try lines.joined(separator: "\n").appending("\n").write(
      toFile: directory + "/redis.conf", atomically: false, encoding: .utf8)
  }

  deinit { stop() }

  // MARK: Faults

  /// Process id of the running server, 0 when it does not run.
  package var pid: Int32 { running.withLock { $0?.pid ?? 0 } }

  /// Ends the server for good and removes its directory. Safe to call more than once.
  package func stop() {
    kill()
    try? FileManager.default.removeItem(atPath: directory)
  }

  /// SIGKILL; returns when the process is gone. The directory stays for `restart()`.
  package func kill() {
    takeProcess()?.end()
  }

  /// SIGKILL, and what no fdatasync has covered is lost; returns how many bytes.
  package func cutPower() throws -> Int {
    kill()
    return try PowerCut.lose(in: directory)
  }

  /// Starts the server again on the same port and directory and returns once it answers PING. A server that still runs
  /// is saved and shut down first; after `kill()` it finds what its append-only file holds.
  package func restart() async throws {
    if pid != 0, !isPersistent { _ = try command("SAVE") }
    try await takeProcess()?.endGracefully()
    try await launch()
  }

  /// SIGSTOP: connections stay open, nothing is answered.
  package func pause() { signal(SIGSTOP) }

  /// SIGCONT after `pause()`.
  package func resume() { signal(SIGCONT) }

  /// Sends one command on a connection of its own and returns the reply: bulk text as it is, errors and status lines
  /// with their leading `-` or `+`, integers without colon, arrays as their elements joined by line feeds.
  @discardableResult
  package func command(_ words: String...) throws -> String {
    try RawConnection(port: port, socketPath: socketPath, password: password).send(words)
  }

  private func takeProcess() -> RunningProcess? {
    running.withLock { process in
      defer { process = nil }
      return process
    }
  }

  private func signal(_ number: Int32) {
    running.withLock { process in
      if let pid = process?.pid { _ = Glibc.kill(pid, number) }
    }
  }

  // MARK: Start

  private func launch() async throws {
    let process = try RunningProcess(directory: directory, library: library)
    running.withLock { $0 = process }
    let deadline = ContinuousClock.now + .seconds(30)
    while true {
      // NOAUTH and its kin are answers too: the test may have switched the default user off.
      if let reply = try? command("PING"), reply == "+PONG" || reply.hasPrefix("-NO") || reply.hasPrefix("-WRONGPASS") {
        return
      }
      if process.hasExited || ContinuousClock.now > deadline {
        kill()
        throw Failure(description: "redis-server did not start: \(logTail)")
      }
      try await Task.sleep(for: .milliseconds(5))
    }
  }

  private var logTail: String {
    let text = (try? String(contentsOfFile: directory + "/redis.log", encoding: .utf8)) ?? "no log"
    return text.split(separator: "\n").suffix(6).joined(separator: "\n")
  }
}
