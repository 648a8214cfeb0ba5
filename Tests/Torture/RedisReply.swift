// What Redis answers, read from the bytes of RESP2.

enum RedisReply: Sendable {
  case none
  case text(String)
  case error(String)
  case list([RedisReply])

  var text: String? { if case .text(let text) = self { text } else { nil } }
  var number: Int? { text.flatMap { Int($0) } }
  var elements: [RedisReply] { if case .list(let elements) = self { elements } else { [] } }
  var error: String? { if case .error(let text) = self { text } else { nil } }
}

/// Collects bytes until a whole reply is there.
struct RedisReplyReader {
  private var bytes: [UInt8] = []
  private var position = 0

  mutating func add(_ more: some Sequence<UInt8>) {
    bytes.removeFirst(position)
    position = 0
    bytes.append(contentsOf: more)
  }

  /// Nil until a whole one is there; looks from its start each time.
  mutating func next() -> RedisReply? {
    let start = position
    guard let reply = reply() else {
      position = start
      return nil
    }
    return reply
  }

  private mutating func reply() -> RedisReply? {
    guard let line = line() else { return nil }
    let rest = String(decoding: line.dropFirst(), as: UTF8.self)
    switch line.first {
    case UInt8(ascii: "+"), UInt8(ascii: ":"): return .text(rest)
    case UInt8(ascii: "-"): return .error(rest)
    case UInt8(ascii: "$"):
      guard let length = Int(rest), length >= 0 else { return RedisReply.none }
      guard bytes.count >= position + length + 2 else { return nil }
      defer { position += length + 2 }
      return .text(String(decoding: bytes[position..<position + length], as: UTF8.self))
    default:
      var elements: [RedisReply] = []
      for _ in 0..<max(0, Int(rest) ?? 0) {
        guard let element = reply() else { return nil }
        elements.append(element)
      }
      return .list(elements)
    }
  }

  private mutating func line() -> ArraySlice<UInt8>? {
    guard let end = bytes[position...].firstIndex(of: UInt8(ascii: "\r")), end + 1 < bytes.count else { return nil }
    defer { position = end + 2 }
    return bytes[position..<end]
  }
}
