// JSON and the text around it, written into one piece of memory: an array's `append` costs more than most of the texts
// of a webhook, and ingest writes dozens for each.

/// Grows as it is written to.
@safe
package struct ByteWriter: ~Copyable {
  private var memory: UnsafeMutableRawBufferPointer
  package private(set) var count = 0

  package init(capacity: Int) {
    memory = .allocate(byteCount: max(capacity, 64), alignment: 1)
  }

  deinit { memory.deallocate() }

  package mutating func write(byte: UInt8) {
    reserve(1)
    memory[count] = byte
    count += 1
  }

  package mutating func write(_ bytes: UnsafeRawBufferPointer) {
    guard let start = bytes.baseAddress else { return }
    reserve(bytes.count).copyMemory(from: start, byteCount: bytes.count)
    count += bytes.count
  }

  /// Looks at the text where it lies; `withUTF8` would count another reference to it.
  package mutating func write(_ text: String) {
    let isWritten: Void? = text.utf8.withContiguousStorageIfAvailable { write(UnsafeRawBufferPointer($0)) }
    if isWritten == nil { write(Array(text.utf8)) }
  }

  package mutating func write(_ bytes: [UInt8]) {
    bytes.withUnsafeBytes { write($0) }
  }

  /// Text that the program knows: nobody counts references to it.
  @inline(__always)
  package mutating func write(literal text: StaticString) {
    let size = text.utf8CodeUnitCount
    reserve(size).copyMemory(from: text.utf8Start, byteCount: size)
    count += size
  }

  package mutating func write(_ number: Int) {
    if number < 0 { write(byte: UInt8(ascii: "-")) }
    var rest = number.magnitude
    var digits = 1
    var limit: UInt = 10
    while rest >= limit, digits < 20 {
      digits += 1
      limit = limit.multipliedReportingOverflow(by: 10).partialValue
    }
    let end = reserve(digits)
    for index in stride(from: digits - 1, through: 0, by: -1) {
      end.storeBytes(of: UInt8(ascii: "0") + UInt8(truncatingIfNeeded: rest % 10), toByteOffset: index, as: UInt8.self)
      rest /= 10
    }
    count += digits
  }

  /// As a JSON string; with `lowercased`, its ASCII letters in lower case.
  package mutating func write(quoted text: String, lowercased: Bool = false) {
    let start = count
    let isWritten = text.utf8.withContiguousStorageIfAvailable { bytes in
      let bytes = UnsafeRawBufferPointer(bytes)
      guard bytes.isPlainText else { return false }
      reserve(bytes.count + 2)
      write(byte: UInt8(ascii: "\""))
      write(bytes)
      write(byte: UInt8(ascii: "\""))
      return true
    }
    if isWritten != true { write(Self.quoted(text)) }
    guard lowercased else { return }
    let letters = UnsafeMutableRawBufferPointer(rebasing: memory[start..<count])
    for index in letters.indices where letters[index] &- 0x41 < 26 { letters[index] |= 0x20 }
  }

  private static func quoted(_ text: String) -> [UInt8] {
    var quoted: [UInt8] = []
    quoted.append(quoted: text)
    return quoted
  }

  /// Overwrites what was written before.
  package mutating func replace(at position: Int, with byte: UInt8) {
    precondition(position < count)
    memory[position] = byte
  }

  package func withBytes<Result>(_ body: (UnsafeRawBufferPointer) throws -> Result) rethrows -> Result {
    try body(UnsafeRawBufferPointer(rebasing: memory[..<count]))
  }

  /// Where the next bytes go; there is room for so many.
  @inline(__always)
  @discardableResult
  private mutating func reserve(_ additional: Int) -> UnsafeMutableRawPointer {
    if additional > memory.count - count { grow(by: additional) }
    return memory.baseAddress.unsafelyUnwrapped + count
  }

  @inline(never)
  private mutating func grow(by additional: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(
      byteCount: max(memory.count * 2, count + additional), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[..<count]))
    memory.deallocate()
    memory = larger
  }
}

extension [UInt8] {
  package init(_ writer: borrowing ByteWriter, followedBy tail: [UInt8]) {
    self = writer.withBytes { head in
      [UInt8](unsafeUninitializedCapacity: head.count + tail.count) { memory, count in
        _ = memory.initialize(from: head)
        _ = UnsafeMutableBufferPointer(rebasing: memory[head.count...]).initialize(from: tail)
        count = head.count + tail.count
      }
    }
  }
}
