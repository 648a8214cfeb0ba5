// What the keys of a form or query spell out: `a=1`, `a[b]=c`, `a[]=1`, `a[0][b]=2`, repeated keys.

import JSONCodec

struct FormTree {
  private var values: [JSON] = []
  /// True once a key asked for a list, `a[]`.
  private var isList = false
  private var keys: [String] = []
  /// By the bytes of their names: Swift's own String equality takes different spellings of one character as equal.
  private var children: [[UInt8]: FormTree] = [:]

  /// The path is a key that `FormKey` took apart.
  mutating func insert(_ value: JSON, at path: [String]) {
    insert(value, under: path[0], path.dropFirst())
  }

  private mutating func insert(_ value: JSON, under name: String, _ rest: ArraySlice<String>) {
    let bytes = Array(name.utf8)
    if children[bytes] == nil { keys.append(name) }
    children[bytes, default: FormTree()].add(value, at: rest)
  }

  private mutating func add(_ value: JSON, at path: ArraySlice<String>) {
    guard let first = path.first else {
      values.append(value)
      return
    }
    if first.isEmpty {
      isList = true
      var child = FormTree()
      child.add(value, at: path.dropFirst())
      values.append(child.json)
      return
    }
    insert(value, under: first, path.dropFirst())
  }

  /// Members of the root: an object always, whatever its keys look like.
  var rootObject: JSON { object }

  private var object: JSON {
    .object(JSONObject(keys.map { ($0, children[Array($0.utf8)]?.json ?? .null) }))
  }

  private var json: JSON {
    if keys.isEmpty { return isList || values.count != 1 ? .array(values) : values[0] }
    let members = indexed ?? object
    if values.isEmpty { return members }
    return .array(values + (members.kind == .array ? members.elements : [members]))
  }

  /// The children as a list, when their keys are 0, 1, 2 …, in any order.
  private var indexed: JSON? {
    var list: [JSON] = []
    for index in keys.indices {
      guard let child = children[Array(String(index).utf8)] else { return nil }
      list.append(child.json)
    }
    return .array(list)
  }
}

/// `a[b][]` becomes `a`, `b` and nothing; brackets that do not pair up are part of the name.
enum FormKey {
  static func path(_ key: String, limits: BodyLimits, at offset: Int) throws(BodyError) -> [String] {
    let bytes = Array(key.utf8)
    guard let open = bytes.firstIndex(of: UInt8(ascii: "[")), open > 0, bytes.last == UInt8(ascii: "]") else {
      return [key]
    }
    var path = [text(bytes[..<open])]
    var index = open
    while index < bytes.count {
      guard bytes[index] == UInt8(ascii: "["),
        let close = bytes[index...].firstIndex(of: UInt8(ascii: "]")),
        !bytes[(index + 1)..<close].contains(UInt8(ascii: "["))
      else { return [key] }
      path.append(text(bytes[(index + 1)..<close]))
      guard path.count <= limits.depth + 1 else {
        throw BodyError(.tooDeep, "a form key nests deeper than \(limits.depth) levels", at: offset)
      }
      index = close + 1
    }
    return path
  }

  private static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes, as: UTF8.self) }
}
