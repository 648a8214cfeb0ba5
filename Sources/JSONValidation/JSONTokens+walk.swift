// Ways through the tokens of a body.

import JSONCodec

extension JSONToken {
  var range: Range<Int> { Int(start)..<Int(end) }
  var isEscaped: Bool { count != 0 }
}

extension JSONTokens {
  /// How many there are, keys and values.
  var count: Int { next(after: root) - root }

  func range(at place: Int) -> Range<Int> { self[place].range }

  func next(after place: Int) -> Int { Int(self[place].next) }

  func childCount(at place: Int) -> Int { Int(self[place].count) }

  func kind(at place: Int) -> JSON.Kind {
    switch bytes[Int(self[place].start)] {
    case UInt8(ascii: "{"): .object
    case UInt8(ascii: "["): .array
    case UInt8(ascii: "\""): .string
    case UInt8(ascii: "t"), UInt8(ascii: "f"): .bool
    case UInt8(ascii: "n"): .null
    default: .number
    }
  }

  /// The places of an array's elements or of an object's keys.
  func children(of place: Int) -> [Int] {
    let isObject = kind(at: place) == .object
    let end = next(after: place)
    var children: [Int] = []
    children.reserveCapacity(childCount(at: place))
    var child = place + 1
    while child < end {
      children.append(child)
      child = next(after: isObject ? child + 1 : child)
    }
    return children
  }

  /// The bytes of a string or key without quotes and escapes.
  func text(at place: Int) -> [UInt8] {
    let token = self[place]
    guard !token.isEscaped else { return Array(string(at: place).utf8) }
    return Array(bytes[token.range].dropFirst().dropLast())
  }

  /// A pointer to a token; a key's leads to its member.
  func pointer(to place: Int) -> String {
    var pointer = ""
    var container = root
    while container != place {
      let isObject = kind(at: container) == .object
      let children = children(of: container)
      // The last child that begins at or before the place holds it.
      guard let index = children.lastIndex(where: { $0 <= place }) else { return pointer }
      pointer += "/" + (isObject ? JSONPointer.escaped(string(at: children[index])) : String(index))
      if children[index] == place { return pointer }
      container = isObject ? children[index] + 1 : children[index]
    }
    return pointer
  }
}
