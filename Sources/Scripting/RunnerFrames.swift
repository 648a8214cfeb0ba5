// The runner's protocol: a length, a kind, a payload; integers are little-endian. Sources/millrace-script has the other
// side.

import NIOCore

/// The runner cannot be used any more after what it sent.
struct MalformedReply: Error {
  /// For the call that it was at work on.
  let failure: ScriptFailure

  init(message: String) {
    failure = ScriptFailure(.crashed, "the script's runner is broken: \(message)")
  }

  init(longerThan limit: Int) {
    failure = ScriptFailure(.limit, "the results of the call are larger than \(limit >> 20)MB")
  }
}

enum RunnerRequest {
  private enum Kind: UInt8 {
    case define = 1
    case run = 2
    case forget = 3
    case check = 4
  }

  /// The longest frame that a runner takes.
  static let longest = 64 << 20
  /// More than the fixed fields of any frame take.
  static let overhead = 64

  static func define(_ code: ScriptCode, in buffer: inout ByteBuffer) {
    frame(.define, length: 5 + code.text.utf8.count, in: &buffer)
    buffer.writeInteger(code.id, endianness: .little)
    buffer.writeInteger(code.form.rawValue)
    buffer.writeString(code.text)
  }

  static func forget(_ identifier: UInt32, in buffer: inout ByteBuffer) {
    frame(.forget, length: 4, in: &buffer)
    buffer.writeInteger(identifier, endianness: .little)
  }

  static func check(_ code: ScriptCode, number: UInt32, in buffer: inout ByteBuffer) {
    frame(.check, length: 5 + code.text.utf8.count, in: &buffer)
    buffer.writeInteger(number, endianness: .little)
    buffer.writeInteger(code.form.rawValue)
    buffer.writeString(code.text)
  }

  /// The scripts of the call must have been defined.
  static func run(
    _ call: ScriptCall, number: UInt32, milliseconds: UInt32, resultLimit: UInt32, consoleLimit: UInt32,
    in buffer: inout ByteBuffer
  ) {
    frame(.run, length: 18 + 4 * call.codes.count + call.input.count, in: &buffer)
    buffer.writeMultipleIntegers(
      number, milliseconds, resultLimit, consoleLimit, UInt16(call.codes.count), endianness: .little)
    for code in call.codes { buffer.writeInteger(code.id, endianness: .little) }
    buffer.writeBytes(call.input)
  }

  private static func frame(_ kind: Kind, length: Int, in buffer: inout ByteBuffer) {
    buffer.reserveCapacity(minimumWritableBytes: 5 + length)
    buffer.writeInteger(UInt32(1 + length), endianness: .little)
    buffer.writeInteger(kind.rawValue)
  }
}

enum RunnerReply {
  case ready
  case results(number: UInt32, ScriptOutcome)

  private static let protocolVersion: UInt32 = 2

  /// From a whole frame without its length.
  init(_ frame: ByteBuffer) throws(MalformedReply) {
    var frame = frame
    switch frame.readInteger(as: UInt8.self) {
    case 128:
      guard frame.readInteger(endianness: .little, as: UInt32.self) == Self.protocolVersion else {
        throw MalformedReply(message: "it is of another version")
      }
      self = .ready
    case 129:
      self = try Self.results(&frame)
    default:
      throw MalformedReply(message: "it sent a reply of an unknown kind")
    }
  }

  private static func results(_ frame: inout ByteBuffer) throws(MalformedReply) -> RunnerReply {
    guard let number = frame.readInteger(endianness: .little, as: UInt32.self),
      let count = frame.readInteger(endianness: .little, as: UInt16.self)
    else { throw MalformedReply(message: "it sent a reply that is too short") }
    var results: [Result<[UInt8], ScriptFailure>] = []
    results.reserveCapacity(Int(count))
    for _ in 0..<count {
      guard let status = frame.readInteger(as: UInt8.self),
        let length = frame.readInteger(endianness: .little, as: UInt32.self),
        let text = frame.readBytes(length: Int(length))
      else { throw MalformedReply(message: "it sent a reply that is too short") }
      results.append(status == 0 ? .success(text) : .failure(ScriptFailure(json: text)))
    }
    return .results(number: number, ScriptOutcome(results: results, console: Array(buffer: frame)))
  }
}

/// Cuts what a runner sends into frames.
struct FrameSplitter {
  private var pending = ByteBuffer()

  mutating func add(_ bytes: ByteBuffer) {
    guard pending.readableBytes > 0 else { return pending = bytes }
    if let length = pending.getInteger(at: pending.readerIndex, endianness: .little, as: UInt32.self) {
      pending.reserveCapacity(minimumWritableBytes: max(bytes.readableBytes, 4 + Int(length) - pending.readableBytes))
    }
    pending.writeImmutableBuffer(bytes)
  }

  /// The next whole frame without its length; nil when more must come.
  mutating func next(limit: Int) throws(MalformedReply) -> ByteBuffer? {
    guard let length = pending.getInteger(at: pending.readerIndex, endianness: .little, as: UInt32.self) else {
      return nil
    }
    guard length <= limit else { throw MalformedReply(longerThan: limit) }
    guard pending.readableBytes >= 4 + Int(length) else { return nil }
    pending.moveReaderIndex(forwardBy: 4)
    let frame = pending.readSlice(length: Int(length))
    if pending.readableBytes == 0 { pending = ByteBuffer() }
    return frame
  }
}
