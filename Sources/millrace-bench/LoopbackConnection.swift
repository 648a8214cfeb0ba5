// A blocking TCP connection to a process of the benchmark, for questions that are answered in a moment.

import Glibc

final class LoopbackConnection {
  private let descriptor: Int32

  /// Throws when nobody listens there.
  init(port: Int) throws {
    descriptor = try LoopbackConnection.openSocket()
    var limit = timeval(tv_sec: 10, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = LoopbackConnection.address(port: port)
    let connected = address.withGeneric { connect(descriptor, $0, $1) == 0 }
    guard connected else { throw LoopbackConnection.failure("cannot connect to 127.0.0.1:\(port)") }
  }

  deinit { close(descriptor) }

  func send(_ text: String) throws {
    var bytes = Array(text.utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw LoopbackConnection.failure("cannot send") }
      bytes = bytes.dropFirst(count)
    }
  }

  /// What has come by now, at least one byte; empty when the other side has closed.
  func receive() throws -> [UInt8] {
    var chunk = [UInt8](repeating: 0, count: 65_536)
    let count = recv(descriptor, &chunk, chunk.count, 0)
    guard count >= 0 else { throw LoopbackConnection.failure("no answer") }
    return Array(chunk[..<count])
  }

  /// A port that nobody listens on now. The kernel hands out ports in turn, so it stays free long enough to be bound.
  static func freePort() throws -> Int {
    let descriptor = try openSocket()
    defer { close(descriptor) }
    var address = address(port: 0)
    let bound = address.withGeneric { pointer, length in
      var length = length
      return bind(descriptor, pointer, length) == 0 && getsockname(descriptor, pointer, &length) == 0
    }
    guard bound else { throw failure("no free port") }
    return Int(UInt16(bigEndian: address.sin_port))
  }

  private static func openSocket() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw failure("no socket") }
    return descriptor
  }

  private static func address(port: Int) -> sockaddr_in {
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = UInt16(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    return address
  }

  private static func failure(_ what: String) -> BenchError {
    BenchError("\(what): \(String(cString: strerror(errno)))")
  }
}

extension sockaddr_in {
  fileprivate mutating func withGeneric<Result>(
    _ body: (UnsafeMutablePointer<sockaddr>, socklen_t) throws -> Result
  ) rethrows -> Result {
    try withUnsafeMutablePointer(to: &self) { pointer in
      try pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
        try body(generic, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
  }
}
