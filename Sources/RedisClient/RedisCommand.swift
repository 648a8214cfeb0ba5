// One Redis command, in its form on the wire from the first word on (RESP, https://redis.io/docs/reference/protocol-spec):
// a webhook's bytes are copied once on their way to the socket.

package import NIOCore

/// A command and its arguments, binary-safe.
package struct RedisCommand: Sendable {
  /// The words as bulk strings, `$LENGTH\r\nWORD\r\n` each; their number goes in front when the command is sent.
  private(set) var words: [UInt8]
  /// Number of words, the name included.
  package private(set) var count = 0

  /// `capacity` is the expected size of all words together, in bytes.
  package init(_ name: String, capacity: Int = 64) {
    words = []
    words.reserveCapacity(max(capacity, 32) + 64)
    append(name)
  }

  /// A command of plain words: `RedisCommand("SET", "key", "value")`.
  package init(_ first: String, _ second: String, _ rest: String...) {
    self.init(first)
    append(second)
    for word in rest { append(word) }
  }

  package mutating func append(_ word: String) {
    let isAppended: Void? = word.utf8.withContiguousStorageIfAvailable { append(UnsafeRawBufferPointer($0)) }
    if isAppended == nil { append(Array(word.utf8)) }
  }

  package mutating func append(_ number: Int64) { append(Int(number)) }

  package mutating func append(_ number: Int) {
    append(String(number))
  }

  package mutating func append(_ word: ByteBuffer) { word.withUnsafeReadableBytes { append($0) } }

  package mutating func append(_ word: [UInt8]) { word.withUnsafeBytes { append($0) } }

  package mutating func append(_ word: UnsafeRawBufferPointer) {
    count += 1
    // A word's length in one piece, from its end: `$LENGTH\r\n`.
    var (head, size, rest) = (SIMD16<UInt8>(repeating: 0), 2, word.count)
    (head[15], head[14]) = (0x0A, 0x0D)
    repeat {
      size += 1
      head[16 - size] = UInt8(ascii: "0") + UInt8(rest % 10)
      rest /= 10
    } while rest > 0
    size += 1
    head[16 - size] = UInt8(ascii: "$")
    withUnsafeBytes(of: head) { words.append(contentsOf: $0[(16 - size)...]) }
    words.append(contentsOf: word)
    withUnsafeBytes(of: UInt16(0x0A0D).littleEndian) { words.append(contentsOf: $0) }
  }

  // MARK: On the wire

  /// Redis takes 512 MB a word; more than this is somebody's mistake.
  static let largest = 1 << 30

  /// Appends the command to `output` and returns its size there.
  func write(to output: inout ByteBuffer) throws(RedisError) -> Int {
    guard words.count < Self.largest else {
      throw RedisError(
        kind: .protocolViolation, message: "the command has \(words.count) bytes; more than 1 GB cannot be sent")
    }
    return output.writeString("*\(count)\r\n") + output.writeBytes(words)
  }
}

extension RedisCommand {
  /// `size` bytes of the words from `start` on, overwritten with as many others.
  mutating func overwrite(at start: Int, with bytes: [UInt8]) {
    words.replaceSubrange(start..<start + bytes.count, with: bytes)
  }

  /// Takes over the words of another command, but for its first ones.
  mutating func append(wordsOf other: RedisCommand, from start: Int, dropping dropped: Int) {
    words.append(contentsOf: other.words[start...])
    count += other.count - dropped
  }
}
