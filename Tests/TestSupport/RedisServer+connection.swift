// A plain blocking connection to a test's redis-server: enough to ask PING and to give orders behind the client's back.

import Glibc

extension RedisServer {
  /// One command, one reply, closed at the end. A server that says nothing for two seconds counts as not answering.
  struct RawConnection {
    let port: Int
    let socketPath: String?
    let password: String?

    func send(_ words: [String]) throws(Failure) -> String {
      let descriptor = try connect()
      defer { close(descriptor) }
      var reader = Reader(descriptor: descriptor)
      if let password {
        try write(["AUTH", password], to: descriptor)
        _ = try reader.reply()
      }
      try write(words, to: descriptor)
      return try reader.reply()
    }

    static func loopback(_ port: Int) -> sockaddr_in {
      var address = sockaddr_in()
      address.sin_family = sa_family_t(AF_INET)
      address.sin_port = in_port_t(port).bigEndian
      address.sin_addr.s_addr = UInt32(0x7f00_0001).bigEndian
      return address
    }

    private func connect() throws(Failure) -> Int32 {
      let family = socketPath == nil ? AF_INET : AF_UNIX
      let descriptor = socket(family, Int32(SOCK_STREAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
      var patience = timeval(tv_sec: 2, tv_usec: 0)
      setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &patience, socklen_t(MemoryLayout<timeval>.size))
      let result =
        if let socketPath {
          Self.connect(descriptor, to: Self.unixAddress(socketPath))
        } else {
          Self.connect(descriptor, to: Self.loopback(port))
        }
      guard result == 0 else {
        let code = errno
        close(descriptor)
        throw Failure(description: "redis-server does not accept connections: errno \(code)")
      }
      return descriptor
    }

    private static func connect<Address>(_ descriptor: Int32, to address: Address) -> Int32 {
      withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
          Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<Address>.size))
        }
      }
    }

    private static func unixAddress(_ path: String) -> sockaddr_un {
      var address = sockaddr_un()
      address.sun_family = sa_family_t(AF_UNIX)
      withUnsafeMutableBytes(of: &address.sun_path) { bytes in
        for (index, byte) in path.utf8.prefix(bytes.count - 1).enumerated() { bytes[index] = byte }
      }
      return address
    }

    private func write(_ words: [String], to descriptor: Int32) throws(Failure) {
      var text = "*\(words.count)\r\n"
      for word in words { text += "$\(word.utf8.count)\r\n\(word)\r\n" }
      var remaining = Array(text.utf8)[...]
      while !remaining.isEmpty {
        let count = remaining.withUnsafeBytes {
          Glibc.send(descriptor, $0.baseAddress, $0.count, Int32(MSG_NOSIGNAL))
        }
        guard count > 0 else { throw Failure(description: "redis-server closed the connection") }
        remaining = remaining.dropFirst(count)
      }
    }
  }

  /// Reads replies as text.
  private struct Reader {
    let descriptor: Int32
    private var buffer: [UInt8] = []

    init(descriptor: Int32) { self.descriptor = descriptor }

    mutating func reply() throws(Failure) -> String {
      let line = try self.line()
      switch line.first {
      case "$":
        let length = Int(line.dropFirst()) ?? -1
        return length < 0 ? "" : try take(length)
      case "*":
        var elements: [String] = []
        for _ in 0..<max(0, Int(line.dropFirst()) ?? 0) { elements.append(try reply()) }
        return elements.joined(separator: "\n")
      case ":":
        return String(line.dropFirst())
      default:
        return line
      }
    }

    private mutating func line() throws(Failure) -> String {
      while true {
        if let end = buffer.firstIndex(of: UInt8(ascii: "\n")) { return try take(end - 1) }
        try fill()
      }
    }

    /// The next `count` bytes, and the line end behind them dropped.
    private mutating func take(_ count: Int) throws(Failure) -> String {
      while buffer.count < count + 2 { try fill() }
      defer { buffer.removeFirst(count + 2) }
      return String(decoding: buffer.prefix(count), as: UTF8.self)
    }

    private mutating func fill() throws(Failure) {
      var chunk = [UInt8](repeating: 0, count: 65_536)
      let count = recv(descriptor, &chunk, chunk.count, 0)
      guard count > 0 else { throw Failure(description: "redis-server gave no answer") }
      buffer += chunk.prefix(count)
    }
  }
}
