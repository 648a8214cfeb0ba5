// A plain connection to one Redis, past the proxies and the programs under test: for faults and for the last look.

import Dispatch
import Glibc
import Synchronization

/// Commands one after another; a lost connection is opened again with the next command.
final class RedisControl: Sendable {
  private struct State {
    var descriptor: Int32?
    var reader = RedisReplyReader()
  }

  let port: Int
  private let patience: Int
  private let queue = DispatchQueue(label: "redis")
  private let state = Mutex(State())

  /// `patience` is how many seconds an answer may take.
  init(port: Int, patience: Int = 2) {
    self.port = port
    self.patience = patience
  }

  deinit { state.withLock { $0.descriptor.map { _ = close($0) } ?? () } }

  @discardableResult
  func call(_ words: String...) async throws -> RedisReply { try await call(words) }

  func call(_ words: [String]) async throws -> RedisReply {
    try await withCheckedThrowingContinuation { continuation in
      queue.async { continuation.resume(with: Result { try self.state.withLock { try self.ask(words, &$0) } }) }
    }
  }

  private func ask(_ words: [String], _ state: inout State) throws -> RedisReply {
    do {
      let descriptor = try state.descriptor ?? connect()
      state.descriptor = descriptor
      try send(words, to: descriptor)
      while true {
        if let reply = state.reader.next() {
          if let error = reply.error { throw TortureError("Redis: \(error)") }
          return reply
        }
        var chunk = [UInt8](repeating: 0, count: 65_536)
        let count = recv(descriptor, &chunk, chunk.count, 0)
        guard count > 0 else { throw ConnectionLost() }
        state.reader.add(chunk[..<count])
      }
    } catch let lost as ConnectionLost {
      if let descriptor = state.descriptor { close(descriptor) }
      state = State()
      throw lost
    }
  }

  private func connect() throws -> Int32 {
    let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
    var limit = timeval(tv_sec: patience, tv_usec: 0)
    for option in [SO_RCVTIMEO, SO_SNDTIMEO] {
      setsockopt(descriptor, SOL_SOCKET, option, &limit, socklen_t(MemoryLayout<timeval>.size))
    }
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
    let connected = withUnsafePointer(to: address) { pointer in
      pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
        Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
      }
    }
    guard connected == 0 else {
      close(descriptor)
      throw ConnectionLost()
    }
    return descriptor
  }

  private func send(_ words: [String], to descriptor: Int32) throws {
    let arguments = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    var bytes = Array("*\(words.count)\r\n\(arguments)".utf8)[...]
    while !bytes.isEmpty {
      let count = bytes.withUnsafeBytes { Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL)) }
      guard count > 0 else { throw ConnectionLost() }
      bytes = bytes.dropFirst(count)
    }
  }

  private struct ConnectionLost: Error, CustomStringConvertible {
    let description = "Redis gives no answer"
  }
}
