// Commands into Redis's protocol, by hiredis. Together with HiredisReader the only place that calls it; sockets are
// NIO's business.

import CHiredis
import NIOCore

/// Writes commands in Redis's protocol.
struct HiredisFormatter {
  /// Kept between calls: one pointer for each word of the command at hand.
  private var words: [UnsafePointer<CChar>?] = []

  /// hiredis counts in C ints, so larger commands would overflow it; Redis itself takes 512 MB a word.
  static let largestCommand = 1 << 30

  /// Appends the command to `output` and returns its size there.
  mutating func format(_ command: RedisCommand, into output: inout ByteBuffer) throws(RedisError) -> Int {
    guard command.bytes.count < Self.largestCommand else {
      throw RedisError(
        kind: .protocolViolation, message: "the command has \(command.bytes.count) bytes; more than 1 GB cannot be sent"
      )
    }
    var target: UnsafeMutablePointer<CChar>?
    let size = command.bytes.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { collect($0, lengths: command.lengths, into: &target) }
    }
    guard size > 0, let target else {
      throw RedisError(
        kind: .protocolViolation, message: "no memory to format a command of \(command.bytes.count) bytes")
    }
    defer { redisFreeCommand(target) }
    output.writeBytes(UnsafeRawBufferPointer(start: target, count: Int(size)))
    return Int(size)
  }

  private mutating func collect(
    _ bytes: UnsafeBufferPointer<CChar>, lengths: [Int], into target: inout UnsafeMutablePointer<CChar>?
  ) -> Int32 {
    words.removeAll(keepingCapacity: true)
    var offset = 0
    for length in lengths {
      words.append(bytes.baseAddress.map { $0 + offset })
      offset += length
    }
    // The pointers live as long as `bytes`, which is the whole call; hiredis copies.
    return words.withUnsafeMutableBufferPointer { words in
      redisFormatCommandArgv(&target, Int32(words.count), words.baseAddress, lengths)
    }
  }
}
