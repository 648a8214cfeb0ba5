// What the provider and we share, and how long it counts.

struct Secret: Sendable {
  /// From the workflow file, or the place in the list, counted from 1.
  let id: String
  let text: String
  /// Milliseconds since 1970: afterwards it opens nothing.
  let notAfter: Int64?
}

/// How a secret's text is turned into key bytes.
enum KeyDecoding: Sendable, Equatable {
  case text, base64, hexadecimal
  /// The text behind this one: a password behind its user.
  case textAfter(String)
  /// Base64 behind a prefix such as `whsec_`, which may be left out.
  case base64AfterPrefix(String)

  func bytes(of text: String) throws(KeyProblem) -> [UInt8] {
    switch self {
    case .text: return Array(text.utf8)
    case .textAfter(let before): return Array((before + text).utf8)
    case .base64: return try base64(text[...])
    case .base64AfterPrefix(let prefix):
      return try base64(text.hasPrefix(prefix) ? text.dropFirst(prefix.count) : text[...])
    case .hexadecimal:
      guard let bytes = Hexadecimal.decode(text.utf8), !bytes.isEmpty else { throw KeyProblem("is not hexadecimal") }
      return bytes
    }
  }

  private func base64(_ text: Substring) throws(KeyProblem) -> [UInt8] {
    guard let bytes = Base64.decode(text.utf8, ending: .optionalPadding), !bytes.isEmpty else {
      throw KeyProblem("is not base64")
    }
    return bytes
  }
}
