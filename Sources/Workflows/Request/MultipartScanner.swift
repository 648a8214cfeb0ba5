// Finds the parts of a multipart form (RFC 2046, section 5.1; RFC 7578) as ranges of the body: nothing is copied.

struct MultipartPart {
  let name: String
  let filename: String?
  let contentType: String?
  let content: Range<Int>

  /// Named as one, or of a type that is no text.
  var isFile: Bool {
    if filename != nil { return true }
    guard let type = contentType.map({ ContentType($0) }), !type.type.isEmpty else { return false }
    return !type.isText && !type.isJSON && !type.isForm
  }
}

struct MultipartScanner {
  private let body: [UInt8]
  /// `--` and the boundary.
  private let delimiter: [UInt8]
  private let search: ByteSearch
  private let limits: BodyLimits

  init(_ body: [UInt8], boundary: String?, limits: BodyLimits) throws(BodyError) {
    guard let boundary, !boundary.isEmpty else {
      throw BodyError(.malformed, "the content type multipart/form-data names no boundary")
    }
    guard boundary.utf8.count <= 70 else {
      throw BodyError(.malformed, "the multipart boundary is longer than 70 characters")
    }
    self.body = body
    delimiter = Array("--".utf8) + Array(boundary.utf8)
    search = ByteSearch(for: delimiter)
    self.limits = limits
  }

  func parts() throws(BodyError) -> [MultipartPart] {
    guard var current = nextDelimiter(from: 0) else {
      throw BodyError(.malformed, "the multipart boundary does not stand in the body")
    }
    var parts: [MultipartPart] = []
    while !current.isLast {
      guard let next = nextDelimiter(from: current.end) else {
        throw BodyError(.malformed, "the multipart body ends without its closing boundary", at: body.count)
      }
      guard parts.count < limits.parts else {
        throw BodyError(.tooMany, "the form has more than \(limits.parts) parts", at: current.end)
      }
      parts.append(try part(from: current.end, to: next.contentEnd))
      current = next
    }
    return parts
  }

  private struct Delimiter {
    /// Where the content before it ends: the line break belongs to the boundary.
    let contentEnd: Int
    let end: Int
    let isLast: Bool
  }

  private func nextDelimiter(from start: Int) -> Delimiter? {
    var from = start
    while let found = search.firstIndex(in: body, from: from) {
      if let delimiter = delimiter(at: found, from: start) { return delimiter }
      from = found + 1
    }
    return nil
  }

  /// A boundary stands at the beginning of a line and has its line for itself.
  private func delimiter(at index: Int, from start: Int) -> Delimiter? {
    guard index == 0 || body[index - 1] == UInt8(ascii: "\n") else { return nil }
    var contentEnd = max(index - 1, 0)
    if contentEnd > start, body[contentEnd - 1] == UInt8(ascii: "\r") { contentEnd -= 1 }
    var end = index + delimiter.count
    let isLast = body[end...].starts(with: "--".utf8)
    if isLast { end += 2 }
    while end < body.count, body[end] == UInt8(ascii: " ") || body[end] == UInt8(ascii: "\t") { end += 1 }
    if isLast { return Delimiter(contentEnd: contentEnd, end: end, isLast: true) }
    if end < body.count, body[end] == UInt8(ascii: "\r") { end += 1 }
    guard end < body.count, body[end] == UInt8(ascii: "\n") else { return nil }
    return Delimiter(contentEnd: contentEnd, end: end + 1, isLast: false)
  }

  private func part(from start: Int, to end: Int) throws(BodyError) -> MultipartPart {
    var disposition: ContentType?
    var contentType: String?
    var index = start
    while true {
      let line = try headerLine(from: &index, partStart: start, end: max(end, start))
      if line.isEmpty { break }
      guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else {
        throw BodyError(.malformed, "a part of the form has a header without \":\"", at: start)
      }
      let value = try TextDecoding.utf8(Array(line[(colon + 1)...]), at: start)
      switch String(decoding: line[..<colon], as: UTF8.self).lowercased() {
      case "content-disposition": disposition = ContentType(value)
      case "content-type":
        var trimmed = value[...]
        while trimmed.first == " " || trimmed.first == "\t" { trimmed.removeFirst() }
        contentType = String(trimmed)
      default: break
      }
    }
    guard let disposition, disposition.type == "form-data", let name = disposition["name"] else {
      throw BodyError(
        .malformed, "a part of the form has no name in a Content-Disposition: form-data header", at: start)
    }
    return MultipartPart(
      name: name, filename: try Self.filename(disposition, at: start), contentType: contentType,
      content: min(index, max(end, start))..<max(end, start))
  }

  /// One header with its folded lines; empty at the end of the headers.
  private func headerLine(from index: inout Int, partStart: Int, end: Int) throws(BodyError) -> [UInt8] {
    var line: [UInt8] = []
    repeat {
      guard let feed = body[index..<max(end, index)].firstIndex(of: UInt8(ascii: "\n")) else {
        // A part without content may end with its headers' last line break, which then belongs to the boundary.
        let rest = body[index..<max(end, index)].filter { $0 != UInt8(ascii: "\r") }
        index = end
        guard rest.isEmpty else {
          throw BodyError(.malformed, "the headers of a part of the form do not end", at: partStart)
        }
        return line
      }
      guard feed - partStart <= limits.partHeaders else {
        throw BodyError(.tooMany, "the headers of a part are longer than \(limits.partHeaders) bytes", at: partStart)
      }
      var text = body[index..<feed]
      if text.last == UInt8(ascii: "\r") { text.removeLast() }
      index = feed + 1
      if text.isEmpty { return line }
      line += text
    } while index < end && (body[index] == UInt8(ascii: " ") || body[index] == UInt8(ascii: "\t"))
    return line
  }

  /// `filename*=UTF-8''…` (RFC 8187) wins over `filename="…"`, unless it cannot be read.
  private static func filename(_ disposition: ContentType, at offset: Int) throws(BodyError) -> String? {
    let plain = disposition["filename"]
    guard let extended = disposition["filename*"] else { return plain }
    do { return try decoded(extended, at: offset) } catch {
      guard let plain else { throw error }
      return plain
    }
  }

  private static func decoded(_ extended: String, at offset: Int) throws(BodyError) -> String {
    let pieces = extended.split(separator: "'", maxSplits: 2, omittingEmptySubsequences: false)
    guard pieces.count == 3, case .decoded(let bytes) = PercentCoding.bytes(pieces[2].utf8, plusIsBlank: false) else {
      throw BodyError(.malformed, "a file name is not of the form UTF-8''name", at: offset)
    }
    return try TextDecoding.decode(bytes, charset: String(pieces[0]))
  }
}
