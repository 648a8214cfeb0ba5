// The few flat elements of a message from WeCom or Salesforce, without an XML parser: nothing is expanded or fetched.

enum XMLElements {
  static let limit = 1 << 20

  /// The text of the first element with this local name: plain characters with the five entities of XML and character
  /// references, or CDATA. Nil if there is none, if it has elements inside, or if the text has a document type.
  static func text(of name: String, in xml: [UInt8]) -> String? {
    guard isAcceptable(xml), let start = contentStart(of: name, in: xml[...]) else { return nil }
    return content(xml[start...]).map { String(decoding: $0, as: UTF8.self) }
  }

  /// The same for every element with this name, at most 1000.
  static func texts(of name: String, in xml: [UInt8]) -> [String] {
    guard isAcceptable(xml) else { return [] }
    var (texts, rest): ([String], ArraySlice<UInt8>) = ([], xml[...])
    while texts.count < 1000, let start = contentStart(of: name, in: rest) {
      rest = xml[start...]
      if let text = content(rest) { texts.append(String(decoding: text, as: UTF8.self)) }
    }
    return texts
  }

  private static func isAcceptable(_ xml: [UInt8]) -> Bool {
    xml.count <= limit && find("<!DOCTYPE", in: xml[...]) == nil && find("<!ENTITY", in: xml[...]) == nil
  }

  /// Just behind `<name …>` or `<prefix:name …>`.
  private static func contentStart(of name: String, in xml: ArraySlice<UInt8>) -> Int? {
    var rest = xml
    while let open = rest.firstIndex(of: UInt8(ascii: "<")) {
      if rest[open...].starts(with: "<![CDATA[".utf8) {
        guard let end = find("]]>", in: rest[open...]) else { return nil }
        rest = rest[end...].dropFirst(3)
        continue
      }
      guard let close = rest[open...].firstIndex(of: UInt8(ascii: ">")) else { return nil }
      let tag = rest[(open + 1)..<close]
      let end = tag.firstIndex { $0 == UInt8(ascii: " ") || $0 == UInt8(ascii: "/") } ?? tag.endIndex
      let local = tag[..<end].split(separator: UInt8(ascii: ":")).last ?? []
      if tag.first != UInt8(ascii: "/"), local.elementsEqual(name.utf8) {
        return tag.last == UInt8(ascii: "/") ? nil : close + 1
      }
      rest = rest[(close + 1)...]
    }
    return nil
  }

  private static func content(_ rest: ArraySlice<UInt8>) -> [UInt8]? {
    var (rest, text) = (rest, [UInt8]())
    while let byte = rest.first {
      if rest.starts(with: "</".utf8) { return text }
      if rest.starts(with: "<![CDATA[".utf8) {
        rest = rest.dropFirst(9)
        guard let end = find("]]>", in: rest) else { return nil }
        text += rest[..<end]
        rest = rest[end...].dropFirst(3)
      } else if byte == UInt8(ascii: "<") {
        return nil
      } else if byte == UInt8(ascii: "&") {
        guard let end = rest.prefix(12).firstIndex(of: UInt8(ascii: ";")),
          let character = character(String(decoding: rest[(rest.startIndex + 1)..<end], as: UTF8.self))
        else { return nil }
        text += Array(String(character).utf8)
        rest = rest[(end + 1)...]
      } else {
        text.append(byte)
        rest = rest.dropFirst()
      }
    }
    return nil
  }

  private static func character(_ entity: String) -> Unicode.Scalar? {
    switch entity {
    case "lt": "<"
    case "gt": ">"
    case "amp": "&"
    case "quot": "\""
    case "apos": "'"
    case _ where entity.hasPrefix("#x"): UInt32(entity.dropFirst(2), radix: 16).flatMap(Unicode.Scalar.init)
    case _ where entity.hasPrefix("#"): UInt32(entity.dropFirst(1)).flatMap(Unicode.Scalar.init)
    default: nil
    }
  }

  static func find(_ mark: String, in bytes: ArraySlice<UInt8>) -> Int? {
    let mark = Array(mark.utf8)
    guard let first = mark.first else { return nil }
    var rest = bytes
    while let start = rest.firstIndex(of: first) {
      if rest[start...].starts(with: mark) { return start }
      rest = rest[(start + 1)...]
    }
    return nil
  }
}
