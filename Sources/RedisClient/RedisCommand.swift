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
    append(marker: UInt8(ascii: "$"), number: word.count)
    words.append(contentsOf: word)
    words.append(0x0D)
    words.append(0x0A)
  }

  private mutating func append(marker: UInt8, number: Int) {
    words.append(marker)
    append(decimal: number)
    words.append(0x0D)
    words.append(0x0A)
  }

  private mutating func append(decimal number: Int) {
    if number >= 10 { append(decimal: number / 10) }
    words.append(UInt8(ascii: "0") + UInt8(number % 10))
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
