// Status and headers of an answer, collected line by line as libcurl hands them over. Pure; the last response wins.

struct ResponseHead {
  /// More header bytes than this, over all responses of one request, are an attack or a mistake.
  static let limit = 256 * 1024

  /// 0 until there is a status line.
  private(set) var status = 0
  private(set) var headers: [(name: String, value: String)] = []
  private var isComplete = true
  private var size = 0

  /// Takes a line with its line break; false when the head has become too long.
  mutating func take(_ line: some Collection<UInt8>) -> Bool {
    size += line.count
    guard size <= Self.limit else { return false }
    let text = Self.trimmed(Substring(Self.text(line)))
    if isComplete {
      // A response after the last one: an interim one (1xx), or a redirect's, has been overtaken. Other lines
      // here are trailers.
      guard text.hasPrefix("HTTP/") else { return true }
      status = Self.status(in: text)
      headers = []
      isComplete = false
    } else if text.isEmpty {
      isComplete = true
    } else if let first = line.first, first == UInt8(ascii: " ") || first == UInt8(ascii: "\t") {
      // A folded value goes on.
      if let last = headers.indices.last { headers[last].value += " " + text }
    } else if let colon = text.firstIndex(of: ":") {
      let value = Self.trimmed(text[text.index(after: colon)...])
      headers.append((text[..<colon].lowercased(), String(value)))
    }
    return true
  }

  /// UTF-8 as most write it today, else Latin-1 as it was once meant (RFC 9110, section 5.5).
  private static func text(_ line: some Collection<UInt8>) -> String {
    String(validating: line, as: UTF8.self) ?? String(String.UnicodeScalarView(line.map { Unicode.Scalar($0) }))
  }

  private static func status(in line: Substring) -> Int {
    let words = line.split(separator: " ", maxSplits: 2)
    return words.count > 1 ? Int(words[1]) ?? 0 : 0
  }

  private static func trimmed(_ text: Substring) -> Substring {
    var rest = text
    while let first = rest.first, first.isWhitespace { rest.removeFirst() }
    while let last = rest.last, last.isWhitespace { rest.removeLast() }
    return rest
  }
}
