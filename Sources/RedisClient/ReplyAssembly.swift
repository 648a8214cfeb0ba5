// One reply while it is being read: flat, so that an array of hundreds of strings costs a few allocations, not hundreds.

import NIOCore

/// Collects the parts of a reply in the order in which they are read, an array before its elements.
struct ReplyAssembly {
  enum Part {
    case null, integer(Int64), status(String), error(RedisError)
    /// So many bytes of `strings`, behind those of the strings before.
    case string(Int)
    /// So many elements follow.
    case array(Int)
  }

  private var parts: [Part] = []
  /// The strings of the whole reply; its values are slices of it.
  private var strings = ByteBuffer()

  /// A value's slice counts in 32 bits.
  private static let largestReply = Int(Int32.max)

  mutating func add(_ part: Part) -> Bool {
    parts.append(part)
    return true
  }

  /// False if the reply is too large; the reader then fails.
  mutating func add(_ bytes: UnsafeRawBufferPointer) -> Bool {
    guard strings.readableBytes + bytes.count < Self.largestReply else { return false }
    if strings.capacity == 0, bytes.count > 0 { strings = ByteBufferAllocator().buffer(capacity: bytes.count) }
    strings.writeBytes(bytes)
    parts.append(.string(bytes.count))
    return true
  }

  /// The reply, once it is complete; begins the next one.
  mutating func take() -> RedisValue {
    defer {
      parts.removeAll(keepingCapacity: parts.capacity < 4_096)
      strings = ByteBuffer()
    }
    var next = 0
    return value(at: &next)
  }

  /// Nesting is bounded by hiredis (7 levels).
  private mutating func value(at next: inout Int) -> RedisValue {
    let part = parts[next]
    next += 1
    switch part {
    case .null: return .null
    case .integer(let number): return .integer(number)
    case .status(let text): return .status(text)
    case .error(let error): return .error(error)
    case .string(let length): return .string(strings.readSlice(length: length) ?? ByteBuffer())
    case .array(let count):
      var elements: [RedisValue] = []
      elements.reserveCapacity(count)
      for _ in 0..<count { elements.append(value(at: &next)) }
      return .array(elements)
    }
  }
}
