// Why a signature does not fit: what usually happens to a body on its way, or to a secret when it is copied.

import JSONCodec

extension SchemeCheck {
  private static let diagnosedSize = 1 << 20

  /// One sentence if a known accident explains the mismatch. Never the signature itself.
  func diagnosis(
    _ reading: RequestReading, _ claims: [[UInt8]], _ keys: [SchemeKey], _ text: String, _ place: SignaturePlace
  ) -> String? {
    guard reading.request.body.count <= Self.diagnosedSize else { return nil }
    if scheme.signed.contains(where: { $0.contains { $0.isBody } }) {
      for (body, sentence) in variants(of: reading.request.body) {
        var request = reading.request
        request.body = body
        let match = try? matchingKey(RequestReading(request), claims, keys, text, place)
        if match != nil { return sentence }
      }
    }
    let trimmed = keys.compactMap(trimmedKey)
    let match = trimmed.isEmpty ? nil : try? matchingKey(reading, claims, trimmed, text, place)
    return match == nil ? nil : "the signature fits a secret without the blanks around it: the setting has some"
  }

  private func variants(of body: [UInt8]) -> [([UInt8], String)] {
    var variants: [([UInt8], String)] = []
    if let last = body.last, last == UInt8(ascii: "\n") {
      let end = body.dropLast().last == UInt8(ascii: "\r") ? 2 : 1
      variants.append((body.dropLast(end), "the signature fits the body without the newline at its end"))
    } else {
      variants.append((body + Array("\n".utf8), "the signature fits the body with a newline at its end"))
      variants.append((body + Array("\r\n".utf8), "the signature fits the body with CR LF at its end"))
    }
    if let json = try? JSON.parse(body) {
      var compact: [UInt8] = []
      json.writeCompact(to: &compact)
      if compact != body {
        variants.append((compact, "the signature fits the body as compact JSON: something on the way rewrote it"))
      }
    }
    return variants
  }

  private func trimmedKey(_ key: SchemeKey) -> SchemeKey? {
    guard scheme.keyDecoding == .text, !key.secret.isEmpty else { return nil }
    var bytes = key.secret[...]
    while let last = bytes.last, last <= UInt8(ascii: " ") { bytes.removeLast() }
    bytes = bytes.drop { $0 <= UInt8(ascii: " ") }
    guard bytes.count != key.secret.count, !bytes.isEmpty else { return nil }
    let secret = Secret(id: key.id, text: String(decoding: bytes, as: UTF8.self), notAfter: nil)
    return try? SchemeKey(secret, for: scheme, setting: "secrets")
  }
}
