// The head of a `run` frame; the input follows it.

struct RunRequest {
  let identifier: UInt32
  /// Milliseconds of computing.
  let timeLimit: UInt32
  let resultLimit: UInt32
  let consoleLimit: UInt32
  let scripts: [UInt32]
  /// A JSON object, with a zero byte after its end.
  let input: UnsafeRawBufferPointer

  init(_ payload: inout PayloadReader) throws(ProtocolError) {
    identifier = try payload.integer(UInt32.self)
    timeLimit = try payload.integer(UInt32.self)
    resultLimit = try payload.integer(UInt32.self)
    consoleLimit = try payload.integer(UInt32.self)
    var scripts: [UInt32] = []
    for _ in 0..<(try payload.integer(UInt16.self)) { scripts.append(try payload.integer(UInt32.self)) }
    self.scripts = scripts
    input = payload.rest
  }
}
