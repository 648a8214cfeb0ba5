// The only file that calls hiredis: commands into RESP, RESP into replies. Sockets are NIO's business.

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
        kind: .protocolViolation, message: "the command has \(command.bytes.count) bytes; more than 1 GB cannot be sent")
    }
    var target: UnsafeMutablePointer<CChar>?
    let size = command.bytes.withUnsafeBufferPointer { bytes in
      bytes.withMemoryRebound(to: CChar.self) { collect($0, lengths: command.lengths, into: &target) }
    }
    guard size > 0, let target else {
      throw RedisError(kind: .protocolViolation, message: "no memory to format a command of \(command.bytes.count) bytes")
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

/// Takes bytes in pieces of any size and gives whole replies. Errors are terminal: throw the reader away.
final class HiredisReader {
  private let reader: UnsafeMutablePointer<redisReader>

  /// hiredis moves the rest of its buffer as it consumes, so more at a time would make that quadratic.
  static let largestPiece = 65_536

  init() {
    reader = redisReaderCreate()
    reader.pointee.maxbuf = 0  // keep the buffer after large replies instead of growing it anew each time
  }

  deinit { redisReaderFree(reader) }

  /// - Parameter bytes: at most `largestPiece`.
  func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
    guard redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK else {
      throw failure
    }
  }

  /// The next whole reply, or nil until more is fed.
  func next() throws(RedisError) -> RedisValue? {
    var reply: UnsafeMutableRawPointer?
    guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure }
    guard let reply else { return nil }
    defer { freeReplyObject(reply) }
    return try ReplyConversion.value(of: reply.assumingMemoryBound(to: redisReply.self))
  }

  private var failure: RedisError {
    let text = withUnsafeBytes(of: reader.pointee.errstr) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return RedisError(kind: .protocolViolation, message: "the server does not speak Redis's protocol: \(text)")
  }
}

/// From hiredis's reply objects to values. Nesting is bounded by hiredis (7 levels).
private enum ReplyConversion {
  typealias Reply = UnsafeMutablePointer<redisReply>

  static func value(of reply: Reply) throws(RedisError) -> RedisValue {
    guard reply.pointee.type == REDIS_REPLY_ARRAY || reply.pointee.type == REDIS_REPLY_STRING else {
      return scalar(reply)
    }
    // All strings of the reply into one buffer, of which the values are slices: one allocation instead of hundreds.
    let size = stringBytes(in: reply)
    guard size < Int(Int32.max) else {
      throw RedisError(kind: .protocolViolation, message: "a reply of \(size) bytes is too large")
    }
    var strings = size == 0 ? ByteBuffer() : ByteBufferAllocator().buffer(capacity: size)
    copyStrings(of: reply, to: &strings)
    return build(reply, from: &strings)
  }

  private static func scalar(_ reply: Reply) -> RedisValue {
    switch reply.pointee.type {
    case REDIS_REPLY_INTEGER: .integer(reply.pointee.integer)
    case REDIS_REPLY_STATUS: .status(text(of: reply))
    case REDIS_REPLY_ERROR: .error(RedisError(reply: text(of: reply)))
    default: .null
    }
  }

  private static func stringBytes(in reply: Reply) -> Int {
    switch reply.pointee.type {
    case REDIS_REPLY_STRING: reply.pointee.len
    case REDIS_REPLY_ARRAY: elements(of: reply).reduce(0) { $0 + stringBytes(in: $1!) }
    default: 0
    }
  }

  private static func copyStrings(of reply: Reply, to output: inout ByteBuffer) {
    switch reply.pointee.type {
    case REDIS_REPLY_STRING: output.writeBytes(bytes(of: reply))
    case REDIS_REPLY_ARRAY: for element in elements(of: reply) { copyStrings(of: element!, to: &output) }
    default: break
    }
  }

  private static func build(_ reply: Reply, from strings: inout ByteBuffer) -> RedisValue {
    switch reply.pointee.type {
    case REDIS_REPLY_STRING: .string(strings.readSlice(length: reply.pointee.len) ?? ByteBuffer())
    case REDIS_REPLY_ARRAY: .array(elements(of: reply).map { build($0!, from: &strings) })
    default: scalar(reply)
    }
  }

  /// hiredis sets every element of a complete reply, so none is nil.
  private static func elements(of reply: Reply) -> UnsafeBufferPointer<Reply?> {
    UnsafeBufferPointer(start: reply.pointee.element, count: reply.pointee.elements)
  }

  private static func bytes(of reply: Reply) -> UnsafeRawBufferPointer {
    UnsafeRawBufferPointer(start: reply.pointee.str, count: reply.pointee.len)
  }

  private static func text(of reply: Reply) -> String {
    String(decoding: bytes(of: reply), as: UTF8.self)
  }
}
