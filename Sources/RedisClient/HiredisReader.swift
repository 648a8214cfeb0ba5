// Redis's protocol into replies, by hiredis: bytes come in pieces of any size, whole values come out.

import CHiredis
import NIOCore

/// Takes bytes in pieces and gives whole replies. Errors are terminal: throw the reader away.
final class HiredisReader {
  private let reader: UnsafeMutablePointer<redisReader>
  /// In memory of its own, because hiredis's callbacks write to it while this object reads.
  private let assembly = UnsafeMutablePointer<ReplyAssembly>.allocate(capacity: 1)
  /// What hiredis calls for each part of a reply; it keeps the pointer as long as the reader lives.
  private let functions = UnsafeMutablePointer<redisReplyObjectFunctions>.allocate(capacity: 1)

  /// hiredis moves the rest of its buffer as it consumes, so more at a time would make that quadratic.
  static let largestPiece = 65_536

  init() {
    assembly.initialize(to: ReplyAssembly())
    functions.initialize(
      to: redisReplyObjectFunctions(
        createString: createString, createArray: createArray, createInteger: createInteger, createNil: createNil,
        freeObject: freeNothing))
    reader = redisReaderCreateWithFunctions(functions)
    reader.pointee.maxbuf = 0  // keep the buffer after large replies instead of growing it anew each time
    reader.pointee.privdata = UnsafeMutableRawPointer(assembly)
  }

  deinit {
    redisReaderFree(reader)
    functions.deallocate()
    assembly.deinitialize(count: 1)
    assembly.deallocate()
  }

  /// Takes at most `largestPiece` bytes.
  func feed(_ bytes: UnsafeRawBufferPointer) throws(RedisError) {
    guard redisReaderFeed(reader, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count) == REDIS_OK
    else {
      throw failure
    }
  }

  /// The next whole reply, or nil until more is fed.
  func next() throws(RedisError) -> RedisValue? {
    var reply: UnsafeMutableRawPointer?
    guard redisReaderGetReply(reader, &reply) == REDIS_OK else { throw failure }
    return reply == nil ? nil : assembly.pointee.take()
  }

  /// Whether a reply has begun to come in and is not whole yet.
  var isMidway: Bool { reader.pointee.pos < reader.pointee.len || reader.pointee.ridx > 0 }

  private var failure: RedisError {
    let text = withUnsafeBytes(of: reader.pointee.errstr) { bytes in
      String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
    }
    return RedisError(kind: .protocolViolation, message: "the server does not speak Redis's protocol: \(text)")
  }
}

// MARK: - What hiredis calls

// hiredis wants a pointer for each object and looks at nothing but whether it is null; ours live in the assembly.

private func assembly(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutablePointer<ReplyAssembly>? {
  task?.pointee.privdata?.assumingMemoryBound(to: ReplyAssembly.self)
}

private func created(_ isCreated: Bool?) -> UnsafeMutableRawPointer? {
  isCreated == true ? UnsafeMutableRawPointer(bitPattern: 1) : nil
}

private func createString(
  _ task: UnsafePointer<redisReadTask>?, _ text: UnsafeMutablePointer<CChar>?, _ length: Int
) -> UnsafeMutableRawPointer? {
  let bytes = UnsafeRawBufferPointer(start: text, count: length)
  return switch task?.pointee.type {
  case REDIS_REPLY_STATUS: created(assembly(task)?.pointee.add(.status(String(decoding: bytes, as: UTF8.self))))
  case REDIS_REPLY_ERROR:
    created(assembly(task)?.pointee.add(.error(RedisError(reply: String(decoding: bytes, as: UTF8.self)))))
  default: created(assembly(task)?.pointee.add(bytes))
  }
}

private func createArray(_ task: UnsafePointer<redisReadTask>?, _ count: Int32) -> UnsafeMutableRawPointer? {
  created(assembly(task)?.pointee.add(.array(Int(count))))
}

private func createInteger(_ task: UnsafePointer<redisReadTask>?, _ number: Int64) -> UnsafeMutableRawPointer? {
  created(assembly(task)?.pointee.add(.integer(number)))
}

private func createNil(_ task: UnsafePointer<redisReadTask>?) -> UnsafeMutableRawPointer? {
  created(assembly(task)?.pointee.add(.null))
}

private func freeNothing(_ object: UnsafeMutableRawPointer?) {}
