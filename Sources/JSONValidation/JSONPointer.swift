// How places in schemas and values are named: RFC 6901.

import JSONCodec

enum JSONPointer {
  static func escaped(_ name: String) -> String {
    var text = ""
    for scalar in name.unicodeScalars {
      switch scalar {
      case "~": text += "~0"
      case "/": text += "~1"
      default: text.unicodeScalars.append(scalar)
      }
    }
    return text
  }

  /// The names and positions that a pointer leads along; nil if it is none.
  static func steps(of pointer: String) -> [String]? {
    guard !pointer.isEmpty else { return [] }
    let parts = pointer.unicodeScalars.split(separator: "/", omittingEmptySubsequences: false)
    guard parts.first?.isEmpty == true else { return nil }
    var steps: [String] = []
    for part in parts.dropFirst() {
      guard let step = unescaped(part) else { return nil }
      steps.append(step)
    }
    return steps
  }

  private static func unescaped(_ part: Substring.UnicodeScalarView) -> String? {
    var text = ""
    var scalars = part.makeIterator()
    while let scalar = scalars.next() {
      guard scalar == "~" else {
        text.unicodeScalars.append(scalar)
        continue
      }
      switch scalars.next() {
      case "0": text += "~"
      case "1": text += "/"
      default: return nil
      }
    }
    return text
  }

  /// Follows one step; nil where there is nothing.
  static func step(_ step: String, from value: JSON) -> JSON? {
    guard value.kind == .array else { return value[step] }
    guard let index = Int(step), String(index) == step else { return nil }
    return value[index]
  }
}
