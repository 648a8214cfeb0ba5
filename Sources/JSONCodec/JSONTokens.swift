// A parsed document as the row of its tokens, for whoever looks at all of it: no value is made on the way.

import CSimdjson

/// The tokens of a value and of all inside it, in document order. A token is named by its place; the first child of a
/// container has the place after the container's own, and keys and values take turns. Repeated keys are all there.
package struct JSONTokens: Sendable {
  private let document: JSONDocument

  /// The bytes of the whole document, to which ranges refer.
  package let bytes: [UInt8]
  /// The place of the value itself.
  package let root: Int

  /// A value that is no part of a parsed document is written and parsed, which fails if it is nested too deep.
  package init(_ value: JSON) throws(JSONError) {
    if case .source(let slice) = value {
      document = slice.document
      root = slice.index
    } else {
      document = try JSONDocument(value.bytes, limits: JSONLimits(depth: .max, nodes: .max))
      root = 0
    }
    bytes = document.bytes
  }

  package subscript(place: Int) -> JSONToken {
    let node = document.nodes[place]
    return JSONToken(start: node.start, end: node.end, next: node.next, count: node.count)
  }

  /// The text of a string or key.
  package func string(at place: Int) -> String { document.string(at: place) }

  /// Not for keys.
  package func value(at place: Int) -> JSON { .source(JSONSlice(document: document, index: place)) }
}

/// One value or key.
package struct JSONToken: Sendable {
  /// Its bytes in the document; a string's with its quotes.
  package let start: UInt32
  package let end: UInt32
  /// The place after this token and all inside it.
  package let next: UInt32
  /// Elements of an array, members of an object with repeated keys as often as they come; 1 for a string or key that is
  /// written with escapes, so that its bytes are not its text.
  package let count: UInt32
}
