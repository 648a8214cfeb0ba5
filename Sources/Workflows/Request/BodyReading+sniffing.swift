// Guessing what a body without a content type is: JSON, a form, text, or bytes.

import JSONCodec

extension BodyReading {
  var sniffed: Form {
    let first = TextDecoding.withoutMark(body).first { $0 != 0x20 && !(0x09...0x0D).contains($0) }
    if first == UInt8(ascii: "{") || first == UInt8(ascii: "["), (try? json(build: false)) != nil { return .json }
    if looksLikeForm { return .form }
    return String(validating: body, as: UTF8.self) != nil ? .text : .bytes
  }

  /// `k=v&…` of characters that URLs have; "=" at the very end alone is the padding of base64.
  private var looksLikeForm: Bool {
    guard let equals = body.firstIndex(of: UInt8(ascii: "=")), equals > 0 else { return false }
    let isURLText = body.allSatisfy { byte in
      byte > 0x20 && byte < 0x7F && !"\"<>\\^`{}".utf8.contains(byte)
    }
    guard isURLText else { return false }
    let hasSeveral = body.contains(UInt8(ascii: "&"))
    let afterEquals = body[equals...].first { $0 != UInt8(ascii: "=") }
    guard hasSeveral || afterEquals != nil else { return false }
    return !body[..<equals].contains { "/?#:@,;!()".utf8.contains($0) }
      && (try? QueryString.parse(bytes: body, charset: nil, limits: limits)) != nil
  }
}
