// One webhook as it lies in the journal: everything that its admission needs.

import ExecutionQueue
import NIOCore
import ProcessSupport

/// `LENGTH CHECKSUM BODY`: two 32-bit numbers in network order, the second the CRC-32C (RFC 3720, appendix B.4) of the
/// body. The body: a version byte, then fields, each with its length before it.
enum JournalRecord {
  private static let version: UInt8 = 2
  /// The first one knew no time limit of the waiting.
  private static let versions: ClosedRange<UInt8> = 1...2
  private static let headerSize = 8
  /// No webhook is larger, so a longer length is no length.
  private static let longest: UInt32 = 512 << 20

  static func encode(_ execution: NewExecution, entry: EntryID, into buffer: inout ByteBuffer) {
    var body = ByteBuffer()
    body.writeInteger(version)
    body.writeField(execution.token.description)
    body.writeField(entry.description)
    body.writeField(execution.workflow)
    body.writeInteger(UInt8(execution.priority.rawValue))
    let once = execution.conditions.deduplication
    body.writeField(once?.name ?? "")
    body.writeInteger(once?.window.milliseconds ?? 0)
    body.writeField(execution.lanes?.order ?? "")
    body.writeInteger(Int64(execution.lanes?.concurrency ?? 0))
    body.writeInteger(execution.lanes?.spacing ?? 0)
    body.writeInteger(execution.lanes?.timeout?.milliseconds ?? 0)
    body.writeInteger(UInt32(execution.payload.count))
    body.writeBytes(execution.payload)
    buffer.writeInteger(UInt32(body.readableBytes))
    buffer.writeInteger(Checksum.crc32c(body.readableBytesView))
    buffer.writeBuffer(&body)
  }

  /// The next record, or nil at the end or where nothing can be read any more: what lies there was never confirmed.
  /// `damaged` grows by the bytes before the record that cannot be read although another one follows.
  static func next(in buffer: inout ByteBuffer, damaged: inout Int) -> NewExecution? {
    let start = buffer.readerIndex
    while let length = buffer.readInteger(as: UInt32.self), (1...longest).contains(length),
      let checksum = buffer.readInteger(as: UInt32.self), var body = buffer.readSlice(length: Int(length))
    {
      guard Checksum.crc32c(body.readableBytesView) == checksum, let execution = decode(&body) else { continue }
      damaged += buffer.readerIndex - start - headerSize - Int(length)
      return execution
    }
    buffer.moveReaderIndex(to: start)
    return nil
  }

  private static func decode(_ body: inout ByteBuffer) -> NewExecution? {
    guard let version = body.readInteger(as: UInt8.self), versions.contains(version),
      let token = body.readField().flatMap({ ExecutionToken($0) }),
      let entry = body.readField().flatMap({ EntryID($0) }),
      let workflow = body.readField(),
      let priority = body.readInteger(as: UInt8.self).flatMap({ Priority(rawValue: Int($0)) }),
      let name = body.readField(), let window = body.readInteger(as: Int64.self), let order = body.readField(),
      let concurrency = body.readInteger(as: Int64.self), let spacing = body.readInteger(as: Int64.self),
      let timeout = version == 1 ? 0 : body.readInteger(as: Int64.self),
      let length = body.readInteger(as: UInt32.self), let payload = body.readBytes(length: Int(length))
    else { return nil }
    var conditions = AdmissionConditions()
    if !name.isEmpty { conditions.deduplication = .init(name: name, window: .milliseconds(window)) }
    let lanes = Lanes(
      order: order.isEmpty ? nil : order, concurrency: concurrency == 0 ? nil : Int(concurrency),
      spacing: spacing == 0 ? nil : spacing, timeout: timeout == 0 ? nil : .milliseconds(timeout))
    return NewExecution(
      token: token, workflow: workflow, priority: priority, payload: payload, inbox: nil, conditions: conditions,
      lanes: lanes == Lanes() ? nil : lanes, entry: entry)
  }
}

enum Checksum {
  private static let table: [UInt32] = (0..<256).map { byte in
    (0..<8).reduce(UInt32(byte)) { value, _ in value & 1 == 1 ? value >> 1 ^ 0x82F6_3B78 : value >> 1 }
  }

  static func crc32c(_ bytes: some Sequence<UInt8>) -> UInt32 {
    ~bytes.reduce(~0) { sum, byte in table[Int((sum ^ UInt32(byte)) & 0xFF)] ^ sum >> 8 }
  }
}

extension ByteBuffer {
  fileprivate mutating func writeField(_ text: String) {
    writeInteger(UInt16(clamping: text.utf8.count))
    writeString(text)
  }

  fileprivate mutating func readField() -> String? {
    readInteger(as: UInt16.self).flatMap { readString(length: Int($0)) }
  }
}
