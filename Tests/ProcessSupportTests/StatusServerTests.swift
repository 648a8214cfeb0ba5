// The status server over real sockets.

import Foundation
import Glibc
import Logging
import Testing

@testable import ProcessSupport

@Suite struct StatusServerTests {
  private static let silent = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }

  /// Runs the body beside a server on a free port and cancels the server afterwards.
  private func withServer(_ body: @escaping @Sendable (Int) async throws -> Void) async throws {
    let (ports, continuation) = AsyncStream.makeStream(of: Int.self)
    let health = Health()
    health.set(check: "redis", problem: "away")
    let server = StatusServer(
      listen: ListenAddress(host: "127.0.0.1", port: 0), health: health, metrics: MetricsRegistry(),
      logger: Self.silent, whenListening: { continuation.yield($0.port) })
    let running = Task { try await server.run() }
    defer { running.cancel() }
    let port = try #require(await ports.first { _ in true })
    try await body(port)
    running.cancel()
    try await running.value
  }

  @Test(
    "each path has its answer",
    arguments: [
      ("GET /-/healthz HTTP/1.1", "HTTP/1.1 200", "\r\n\r\nok\n"),
      ("GET /-/healthz?x=1 HTTP/1.0", "HTTP/1.1 200", "ok\n"),
      ("HEAD /-/healthz HTTP/1.1", "HTTP/1.1 200", "Connection: close\r\n\r\n"),
      ("GET /-/readyz HTTP/1.1", "HTTP/1.1 503", "\"check\":\"redis\""),
      ("GET /-/metrics HTTP/1.1", "HTTP/1.1 200", "process_open_fds"), ("GET /x HTTP/1.1", "HTTP/1.1 404", "not found"),
      ("POST /-/healthz HTTP/1.1", "HTTP/1.1 405", "Allow: GET, HEAD"), ("nonsense", "HTTP/1.1 400", "Bad Request"),
    ])
  func answers(_ request: String, _ status: String, _ content: String) async throws {
    try await withServer { port in
      let answer = try RawConnection(port: port).exchange("\(request)\r\nHost: x\r\n\r\n")
      #expect(answer.hasPrefix(status))
      #expect(answer.contains(content))
      if request.hasPrefix("HEAD") { #expect(answer.hasSuffix("\r\n\r\n")) }
    }
  }

  @Test("connections beyond the limit are closed, and there is room again when others leave")
  func limit() async throws {
    try await withServer { port in
      var idle: [RawConnection] = []
      for _ in 0..<64 { idle.append(try RawConnection(port: port)) }
      let refused = (try? RawConnection(port: port).exchange("GET /-/healthz HTTP/1.1\r\nHost: x\r\n\r\n")) ?? ""
      #expect(refused == "")
      idle.removeAll()
      let clock = ContinuousClock()
      let deadline = clock.now + .seconds(10)
      var answer = ""
      while !answer.hasPrefix("HTTP/1.1 200"), clock.now < deadline {
        await Task.yield()
        answer = (try? RawConnection(port: port).exchange("GET /-/healthz HTTP/1.1\r\nHost: x\r\n\r\n")) ?? ""
      }
      #expect(answer.hasPrefix("HTTP/1.1 200"))
    }
  }

  @Test("a busy port gives one clear line")
  func busyPort() async throws {
    try await withServer { port in
      let second = StatusServer(
        listen: ListenAddress(host: "127.0.0.1", port: port), health: Health(), metrics: MetricsRegistry(),
        logger: Self.silent)
      let error = await #expect(throws: ListenError.self) { try await second.run() }
      #expect(
        error?.description
          == "cannot listen on 127.0.0.1:\(port): address already in use; set MILLRACE_METRICS_LISTEN")
    }
  }
}

/// A socket that sends what a test says and reads until the other side closes.
final class RawConnection {
  struct Failure: Error {}

  private let descriptor: Int32

  init(port: Int) throws {
    descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let code = withUnsafePointer(to: &address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard code == 0 else { throw Failure() }
    // As `timeval` lies in memory: which module that type belongs to depends on what is compiled beside this file.
    var patience = [20, 0]
    setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(patience.count * MemoryLayout<Int>.stride))
  }

  deinit {
    close(descriptor)
  }

  func exchange(_ text: String) throws -> String {
    let bytes = Array(text.utf8)
    guard send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count else { throw Failure() }
    var answer: [UInt8] = []
    var chunk = [UInt8](repeating: 0, count: 4096)
    while true {
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { break }
      answer += chunk[..<count]
    }
    return String(decoding: answer, as: UTF8.self)
  }
}
