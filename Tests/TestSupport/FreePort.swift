// A free TCP port of the loopback interface, for servers that a test starts with a port number given.

import Glibc
import Synchronization

package enum FreePort {
  /// Below the ranges from which kernels give ports to outgoing connections (Linux from 32768, gVisor from 16000):
  /// one of those would take the port before the server does.
  private static let range = 10_000..<16_000
  private static let given = Mutex<Set<Int>>([])

  /// A port that nobody listens on at 127.0.0.1 now; never the same twice in one process.
  package static func next() throws -> Int {
    for _ in 0..<1_000 {
      let port = Int.random(in: range)
      guard given.withLock({ $0.insert(port).inserted }) else { continue }
      if try isFree(port) { return port }
    }
    throw FreePortError(step: "bind", code: EADDRINUSE)
  }

  private static func isFree(_ port: Int) throws -> Bool {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
    guard descriptor >= 0 else { throw FreePortError(step: "socket", code: errno) }
    defer { close(descriptor) }
    return withLoopbackAddress(port: port) { bind(descriptor, $0, $1) == 0 }
  }
}

package struct FreePortError: Error, CustomStringConvertible {
  package let step: String
  package let code: Int32

  package var description: String { "no free port: \(step): \(String(cString: strerror(code)))" }
}

func withLoopbackAddress<Result>(port: Int, _ body: (UnsafePointer<sockaddr>, socklen_t) -> Result) -> Result {
  var address = sockaddr_in()
  address.sin_family = sa_family_t(AF_INET)
  address.sin_port = in_port_t(port).bigEndian
  address.sin_addr.s_addr = inet_addr("127.0.0.1")
  return withUnsafePointer(to: address) { pointer in
    pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { body($0, socklen_t(MemoryLayout<sockaddr_in>.size)) }
  }
}
