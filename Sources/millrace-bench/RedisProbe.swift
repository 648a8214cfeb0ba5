// A few commands to the private Redis over one connection: counting, clearing, asking for its settings.

final class RedisProbe {
  private let connection: LoopbackConnection
  private var received: [UInt8] = []
  private var position = 0

  init(port: Int) throws {
    connection = try LoopbackConnection(port: port)
  }

  /// - Returns: Strings and integers as text, an array as its elements, one a line.
  @discardableResult
  func call(_ words: String...) throws -> String {
    try send(words)
    return try reply()
  }

  func count(_ words: String...) throws -> Int {
    try send(words)
    let text = try reply()
    guard let number = Int(text) else { throw BenchError("Redis answers '\(text)' where a number was expected") }
    return number
  }

  private func send(_ words: [String]) throws {
    let arguments = words.map { "$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
    try connection.send("*\(words.count)\r\n\(arguments)")
  }

  private func reply() throws -> String {
    let line = try line()
    let rest = String(line.dropFirst())
    switch line.first {
    case "+", ":": return rest
    case "-": throw BenchError("Redis: \(rest)")
    case "$": return try Int(rest).flatMap { $0 < 0 ? nil : try text(length: $0) } ?? ""
    case "*": return try (0..<max(0, Int(rest) ?? 0)).map { _ in try reply() }.joined(separator: "\n")
    default: throw BenchError("Redis answers something else: \(line)")
    }
  }

  private func line() throws -> String {
    while true {
      if let end = received[position...].firstIndex(of: UInt8(ascii: "\r")), end + 1 < received.count {
        defer { position = end + 2 }
        return String(decoding: received[position..<end], as: UTF8.self)
      }
      try receiveMore()
    }
  }

  private func text(length: Int) throws -> String {
    while received.count - position < length + 2 { try receiveMore() }
    defer { position += length + 2 }
    return String(decoding: received[position..<position + length], as: UTF8.self)
  }

  private func receiveMore() throws {
    received.removeFirst(position)
    position = 0
    let bytes = try connection.receive()
    guard !bytes.isEmpty else { throw BenchError("Redis has closed the connection") }
    received += bytes
  }
}
