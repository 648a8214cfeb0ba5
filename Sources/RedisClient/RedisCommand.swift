// One Redis command: its words packed in one piece of memory, so that a webhook's command costs two allocations.

package import NIOCore

/// A command and its arguments, binary-safe. hiredis gives it its form on the wire when it is sent.
package struct RedisCommand: Sendable {
  /// All words, one after the other.
  var bytes: [UInt8]
  /// The length of each.
  var lengths: [Int]

  /// `capacity` is the expected size of all words together, in bytes.
  package init(_ name: String, capacity: Int = 64) {
    bytes = []
    bytes.reserveCapacity(max(capacity, 32))
    lengths = []
    lengths.reserveCapacity(8)
    append(name)
  }

  /// A command of plain words: `RedisCommand("SET", "key", "value")`.
  package init(_ first: String, _ second: String, _ rest: String...) {
    self.init(first)
    append(second)
    for word in rest { append(word) }
  }

  /// Number of words, the name included.
  package var count: Int { lengths.count }

  package mutating func append(_ word: String) {
    var word = word
    word.withUTF8 { bytes.append(contentsOf: $0) }
    lengths.append(word.utf8.count)
  }

  package mutating func append(_ number: Int64) { append(String(number)) }

  package mutating func append(_ number: Int) { append(String(number)) }

  package mutating func append(_ word: ByteBuffer) {
    word.withUnsafeReadableBytes { bytes.append(contentsOf: $0) }
    lengths.append(word.readableBytes)
  }

  package mutating func append(_ word: [UInt8]) {
    bytes.append(contentsOf: word)
    lengths.append(word.count)
  }

  package mutating func append(_ word: UnsafeRawBufferPointer) {
    bytes.append(contentsOf: word)
    lengths.append(word.count)
  }
}
