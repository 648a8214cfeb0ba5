// Frames over the socket: a length, a kind, a payload; integers are little-endian.

import Glibc

/// What came is not the protocol. The process ends: the stream has no place to go on from.
struct ProtocolError: Error, CustomStringConvertible {
  let description: String
}

struct Frame {
  let kind: UInt8
  /// Good until the next frame is read. The byte after its end is zero.
  let payload: UnsafeRawBufferPointer
}

final class Channel {
  private let descriptor: Int32
  private let longestFrame = 64 << 20
  private let usualCapacity = 64 << 10
  private var buffer: UnsafeMutableRawBufferPointer
  /// What has been read and not been taken yet.
  private var filled = 0..<0

  init(descriptor: Int32) {
    self.descriptor = descriptor
    buffer = .allocate(byteCount: usualCapacity, alignment: 1)
  }

  deinit { buffer.deallocate() }

  /// The next frame; nil when the other side has closed.
  func next() throws(ProtocolError) -> Frame? {
    restoreByte()
    guard try fill(4) else { return nil }
    let length = Int(UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: filled.lowerBound, as: UInt32.self)))
    guard length >= 1, length <= longestFrame else { throw ProtocolError(description: "a frame of \(length) bytes") }
    guard try fill(4 + length) else { throw ProtocolError(description: "the last frame is cut off") }
    let start = filled.lowerBound + 4
    let end = start + length
    filled = end..<filled.upperBound
    byteAfter = (end, buffer[end])
    buffer[end] = 0
    return Frame(kind: buffer[start], payload: UnsafeRawBufferPointer(rebasing: buffer[start + 1..<end]))
  }

  /// The first byte of the frame that follows, under the zero that ends this one.
  private var byteAfter: (offset: Int, value: UInt8)?

  private func restoreByte() {
    if let byteAfter { buffer[byteAfter.offset] = byteAfter.value }
    byteAfter = nil
    if filled.isEmpty {
      filled = 0..<0
      if buffer.count > usualCapacity * 16 { resize(to: usualCapacity) }
    }
  }

  /// Reads until `count` bytes are there. False at the end of the stream, if nothing is cut off.
  private func fill(_ count: Int) throws(ProtocolError) -> Bool {
    if filled.lowerBound + count >= buffer.count { resize(to: max(buffer.count, count + 1)) }
    while filled.count < count {
      // The last byte is room for the zero.
      let room = UnsafeMutableRawBufferPointer(rebasing: buffer[filled.upperBound..<buffer.count - 1])
      let received = read(descriptor, room.baseAddress, room.count)
      if received < 0, errno == EINTR { continue }
      guard received > 0 else {
        if filled.isEmpty || received < 0 { return false }
        throw ProtocolError(description: "the last frame is cut off")
      }
      filled = filled.lowerBound..<filled.upperBound + received
    }
    return true
  }

  /// Moves what is there to the front of a buffer of the given size.
  private func resize(to capacity: Int) {
    let larger = UnsafeMutableRawBufferPointer.allocate(byteCount: capacity, alignment: 1)
    larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: buffer[filled]))
    buffer.deallocate()
    buffer = larger
    filled = 0..<filled.count
  }

  /// Sends a whole frame, its length included.
  func send(_ frame: UnsafeRawBufferPointer) {
    var rest = frame[...]
    while !rest.isEmpty {
      let part = UnsafeRawBufferPointer(rebasing: rest)
      let sent = write(descriptor, part.baseAddress, part.count)
      if sent < 0, errno == EINTR { continue }
      // Nobody is left to tell.
      guard sent > 0 else { exit(0) }
      rest = rest.dropFirst(sent)
    }
  }
}
