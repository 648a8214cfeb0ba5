// Takes a frame's payload apart.

struct PayloadReader {
  private(set) var rest: UnsafeRawBufferPointer

  init(_ payload: UnsafeRawBufferPointer) { rest = payload }

  mutating func integer<Integer: FixedWidthInteger>(_ type: Integer.Type) throws(ProtocolError) -> Integer {
    let size = MemoryLayout<Integer>.size
    guard rest.count >= size else { throw ProtocolError(description: "a frame is too short") }
    let value = Integer(littleEndian: rest.loadUnaligned(as: type))
    rest = UnsafeRawBufferPointer(rebasing: rest.dropFirst(size))
    return value
  }

  mutating func form() throws(ProtocolError) -> ScriptForm {
    let value = try integer(UInt8.self)
    guard let form = ScriptForm(rawValue: value) else {
      throw ProtocolError(description: "no form of script has the number \(value)")
    }
    return form
  }
}
