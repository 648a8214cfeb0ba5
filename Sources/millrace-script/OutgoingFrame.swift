// A frame in the making: texts go from the engine to their place in it without a stop.

import CJavaScriptCore

final class OutgoingFrame {
  private let usualCapacity = 64 << 10
  private var bytes: UnsafeMutableRawBufferPointer
  private(set) var count = 0

  init() { bytes = .allocate(byteCount: usualCapacity, alignment: 1) }

  deinit { bytes.deallocate() }

  func begin(kind: UInt8) {
    if bytes.count > usualCapacity * 16 {
      bytes.deallocate()
      bytes = .allocate(byteCount: usualCapacity, alignment: 1)
    }
    count = 0
    append(UInt32(0))
    append(kind)
  }

  /// The whole frame with its length in front.
  func finish() -> UnsafeRawBufferPointer {
    put(UInt32(count - 4), at: 0)
    return UnsafeRawBufferPointer(rebasing: bytes[..<count])
  }

  func append<Integer: FixedWidthInteger>(_ value: Integer) {
    reserve(MemoryLayout<Integer>.size)
    put(value, at: count)
    count += MemoryLayout<Integer>.size
  }

  /// Text as UTF-8; returns the number of bytes.
  @discardableResult
  func append(_ text: JSStringRef) -> Int {
    let room = JSStringGetMaximumUTF8CStringSize(text)
    reserve(room)
    let target = bytes.baseAddress! + count
    // What it counts includes the zero at the end.
    let length = max(1, JSStringGetUTF8CString(text, target.assumingMemoryBound(to: CChar.self), room)) - 1
    count += length
    return length
  }

  func append(_ text: String) {
    var text = text
    text.withUTF8 { utf8 in
      reserve(utf8.count)
      UnsafeMutableRawBufferPointer(rebasing: bytes[count...]).copyMemory(from: UnsafeRawBufferPointer(utf8))
      count += utf8.count
    }
  }

  /// One result: a status, then what `body` appends, with its length in front.
  func appendResult(isError: Bool, _ body: () -> Void) {
    append(UInt8(isError ? 1 : 0))
    let start = count
    append(UInt32(0))
    body()
    put(UInt32(count - start - 4), at: start)
  }

  /// Takes back everything from `count` on.
  func truncate(to count: Int) { self.count = count }

  private func put<Integer: FixedWidthInteger>(_ value: Integer, at offset: Int) {
    bytes.storeBytes(of: value.littleEndian, toByteOffset: offset, as: Integer.self)
  }

  private func reserve(_ room: Int) {
    guard count + room > bytes.count else { return }
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: max(2 * bytes.count, count + room), alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: bytes[..<count]))
    bytes.deallocate()
    bytes = larger
  }
}
