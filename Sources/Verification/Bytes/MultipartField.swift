// One short text field of a multipart form, for an id; the body itself is read elsewhere.

enum MultipartField {
  /// The text of the first part with this name; nil if there is none, or if it is longer than 256 bytes.
  static func text(of name: String, in body: [UInt8]) -> String? {
    guard let mark = XMLElements.find("name=\"\(name)\"", in: body[...]),
      let head = XMLElements.find("\r\n\r\n", in: body[mark...].prefix(1024)),
      let end = XMLElements.find("\r\n--", in: body[(head + 4)...].prefix(262))
    else { return nil }
    return String(decoding: body[(head + 4)..<end], as: UTF8.self)
  }
}
