// Short texts such as ids, made in one piece of memory: interpolation would allocate for each of their parts.

/// Writes into the memory of a string that is being made. What does not fit is a mistake of the caller and traps.
@usableFromInline
package struct ASCIIWriter: ~Copyable {
  @usableFromInline let memory: UnsafeMutableBufferPointer<UInt8>
  @usableFromInline var count = 0

  @inlinable
  init(memory: UnsafeMutableBufferPointer<UInt8>) {
    self.memory = memory
  }

  @inlinable
  package mutating func write(_ byte: UInt8) {
    precondition(count < memory.count)
    memory[count] = byte
    count += 1
  }

  @inlinable
  package mutating func write(_ text: String) {
    var text = text
    text.withUTF8 { for byte in $0 { write(byte) } }
  }

  /// In decimal.
  package mutating func write(_ number: UInt64) {
    var size = 1
    var rest = number / 10
    while rest != 0 {
      size += 1
      rest /= 10
    }
    precondition(count + size <= memory.count)
    rest = number
    for index in stride(from: count + size - 1, through: count, by: -1) {
      memory[index] = UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10)
      rest /= 10
    }
    count += size
  }

  /// Digits of the largest number.
  package static var longestNumber: Int { 20 }
}

extension String {
  /// `capacity` is the most that `build` writes.
  package init(capacity: Int, build: (inout ASCIIWriter) -> Void) {
    self.init(unsafeUninitializedCapacity: capacity) { memory in
      var writer = ASCIIWriter(memory: memory)
      build(&writer)
      return writer.count
    }
  }
}
