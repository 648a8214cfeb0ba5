// Keys that live at an address of the provider. Nothing here fetches: a check asks for what somebody fetched before,
// and says what it would need.

import JSONCodec

/// Answers from memory only.
package protocol KeySource: Sendable {
  /// What was last fetched from this address and is still fresh enough; nil if nothing was.
  func keys(at url: String, namedBy origin: KeyAddressOrigin) -> KeySet?
}

/// Who says that keys are to be found at an address.
package enum KeyAddressOrigin: Sendable {
  case settings
  /// A request whose signature has not been checked yet: anybody may have sent it.
  case sender
}

/// For providers that need no keys from outside.
package struct NoKeySource: KeySource {
  package init() {}

  package func keys(at url: String, namedBy origin: KeyAddressOrigin) -> KeySet? { nil }
}

/// Public keys that were read once, from what an address answered.
package struct KeySet: Sendable {
  let keys: [NamedPublicKey]

  /// A JSON Web Key set, or PEM with one certificate or public key or several.
  package init(document: [UInt8]) throws(VerifierProblem) {
    do throws(KeyProblem) {
      keys = try Self.read(document)
    } catch {
      throw VerifierProblem(setting: nil, "the document \(error.message)")
    }
  }

  init(_ keys: [NamedPublicKey]) { self.keys = keys }

  private static func read(_ document: [UInt8]) throws(KeyProblem) -> [NamedPublicKey] {
    if let json = try? JSON.parse(document) { return try JSONWebKeys.read(json) }
    guard document.count <= 65_536 else { throw KeyProblem("is too long for a certificate") }
    let text = String(decoding: document, as: UTF8.self)
    guard let first = PEM.documents(text).first else { throw KeyProblem("is neither PEM nor a JSON Web Key set") }
    // Of a chain the first certificate is the signer's own.
    return [try NamedPublicKey(reading: first)]
  }
}

extension PEM {
  /// Each document of a text with several, whole.
  static func documents(_ text: String) -> [String] {
    var documents: [String] = []
    var lines: [Substring] = []
    for line in text.split(whereSeparator: \.isNewline) {
      if line.hasPrefix("-----BEGIN ") { lines = [] }
      lines.append(line)
      if line.hasPrefix("-----END ") {
        documents.append(lines.joined(separator: "\n"))
        lines = []
      }
    }
    return documents
  }
}
