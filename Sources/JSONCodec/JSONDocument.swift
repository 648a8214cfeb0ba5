// A parsed document: its bytes as they came and one small record for each token, shared by all slices of it.
import CSimdjson

/// Immutable; strings and numbers are read from the bytes when someone asks for them.
final class JSONDocument: Sendable {
  let bytes: [UInt8]
  /// Tokens in document order; see `json_node`.
  let nodes: [json_node]

  init(_ bytes: [UInt8], limits: JSONLimits) throws(JSONError) {
    defer { json_finish() }
    let failure = bytes.withUnsafeBytes { JSONDocument.scan($0, limits: limits) }
    if let failure { throw failure }
    let count = json_node_count()
    self.bytes = bytes
    // The scan's result waits in this thread, and nothing here leaves it.
    nodes = bytes.withUnsafeBufferPointer { source in
      [json_node](unsafeUninitializedCapacity: count) { nodes, initialized in
        json_fill(source.baseAddress, source.count, nodes.baseAddress)
        initialized = count
      }
    }
  }

  /// Checks everything; whoever calls it ends with `json_finish`.
  static func scan(_ bytes: UnsafeRawBufferPointer, limits: JSONLimits) -> JSONError? {
    let start = bytes.bindMemory(to: UInt8.self).baseAddress
    let report = json_scan(start, bytes.count, limits.boundedDepth, limits.boundedNodes)
    if report.problem == json_problem_none { return nil }
    return JSONError(report, in: bytes, limits: limits)
  }

  /// The bytes of one token or container.
  func range(of index: Int) -> Range<Int> {
    let node = nodes[index]
    return Int(node.start)..<Int(node.end)
  }

  func firstByte(of index: Int) -> UInt8 { bytes[Int(nodes[index].start)] }

  func text(of index: Int) -> String { String(decoding: bytes[range(of: index)], as: UTF8.self) }

  /// The unescaped value of a string or key.
  func string(at index: Int) -> String {
    let range = range(of: index)
    let inside = range.lowerBound + 1..<range.upperBound - 1
    guard nodes[index].count != 0 else { return String(decoding: bytes[inside], as: UTF8.self) }
    return bytes.withUnsafeBufferPointer { source in
      withUnsafeTemporaryAllocation(of: UInt8.self, capacity: inside.count + json_slack) { output in
        let text = UnsafeBufferPointer(rebasing: source[inside])
        let count = json_unescape(text.baseAddress, text.count, output.baseAddress)
        return String(decoding: output[..<count], as: UTF8.self)
      }
    }
  }

  /// The value of an object's member; of several with one key the last counts.
  func value(of key: String, in object: Int) -> Int? {
    var key = key
    return key.withUTF8 { wanted in
      var found: Int?
      var keyIndex = object + 1
      while keyIndex < Int(nodes[object].next) {
        if isKey(keyIndex, wanted) { found = keyIndex + 1 }
        keyIndex = Int(nodes[keyIndex + 1].next)
      }
      return found
    }
  }

  private func isKey(_ index: Int, _ wanted: UnsafeBufferPointer<UInt8>) -> Bool {
    if nodes[index].count != 0 { return string(at: index).utf8.elementsEqual(wanted) }
    let range = range(of: index)
    guard range.count == wanted.count + 2 else { return false }
    return bytes[range.lowerBound + 1..<range.upperBound - 1].elementsEqual(wanted)
  }

  /// The values directly inside an array, or keys and values in turn directly inside an object.
  func children(of container: Int) -> [Int] {
    var children: [Int] = []
    children.reserveCapacity(Int(nodes[container].count))
    var index = container + 1
    while index < Int(nodes[container].next) {
      children.append(index)
      index = Int(nodes[index].next)
    }
    return children
  }
}
