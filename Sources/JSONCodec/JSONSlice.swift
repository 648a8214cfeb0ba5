// A part of a received document that is passed on without being read: most of a webhook's body is never looked at.
import CSimdjson

/// One value inside a parsed document. It keeps the whole document alive.
package struct JSONSlice: Sendable {
  let document: JSONDocument
  let index: Int

  private var node: json_node { document.nodes[index] }

  var kind: JSON.Kind {
    switch document.firstByte(of: index) {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// The bytes of the value itself.
  var token: ArraySlice<UInt8> { document.bytes[document.range(of: index)] }

  /// The bytes this value stands for. The root stands for the document with the white space around it, so that a
  /// webhook's body can be forwarded byte for byte.
  package var source: ArraySlice<UInt8> { index == 0 ? document.bytes[...] : token }

  var bool: Bool? {
    kind == .bool ? document.firstByte(of: index) == UInt8(ascii: "t") : nil
  }

  var string: String? { kind == .string ? document.string(at: index) : nil }

  var numberText: String? { kind == .number ? document.text(of: index) : nil }

  subscript(key: String) -> JSONSlice? {
    guard kind == .object else { return nil }
    return document.value(of: key, in: index).map { JSONSlice(document: document, index: $0) }
  }

  subscript(position: Int) -> JSONSlice? {
    guard kind == .array, (0..<Int(node.count)).contains(position) else { return nil }
    var child = index + 1
    for _ in 0..<position { child = Int(document.nodes[child].next) }
    return JSONSlice(document: document, index: child)
  }

  /// Elements or members. Keys that occur twice count once, so two and more members must be looked at.
  var count: Int {
    switch kind {
    case .array: Int(node.count)
    case .object: node.count < 2 ? Int(node.count) : object.count
    default: 0
    }
  }

  var elements: [JSON] {
    guard kind == .array else { return [] }
    return document.children(of: index).map { .source(JSONSlice(document: document, index: $0)) }
  }

  /// Members in document order, none if this is no object. A repeated key keeps its first place and its last value.
  var object: JSONObject {
    guard kind == .object else { return JSONObject() }
    let children = document.children(of: index)
    return JSONObject(
      stride(from: 0, to: children.count, by: 2).map { position in
        let value = JSONSlice(document: document, index: children[position + 1])
        return (document.string(at: children[position]), .source(value))
      })
  }
}
