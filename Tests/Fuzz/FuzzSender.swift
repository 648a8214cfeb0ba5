// Every provider of the catalogue with settings that it takes; a new one that needs other settings is noticed at start.

import Crypto
import CryptoExtras
import JSONCodec
import Verification

struct FuzzSender: Sendable {
  private let name: String
  private let verifier: Verifier
  /// Nil where nobody signs.
  private let signer: RequestSigner?

  private static let now: Int64 = 1_771_444_895_000
  private static let address = "https://hooks.example.com"

  /// Each provider with each kind of keys that it takes.
  static let all: [FuzzSender] = ProviderCatalog.all.flatMap { provider in
    let ways = provider.alternatives.map(\.count).max() ?? 1
    let senders = (0..<ways).flatMap { way in
      [["publicKeys"], ["secrets"], []].compactMap { FuzzSender(provider, way: way, further: $0) }
    }
    demand(!senders.isEmpty, "no settings are known that \(provider.name) takes")
    return senders
  }

  private init?(_ provider: Provider, way: Int, further: [String]) {
    name = provider.name
    let required = provider.settings.filter(\.isRequired).map(\.name)
    guard further.allSatisfy({ name in provider.settings.contains { $0.name == name } && !required.contains(name) })
    else { return nil }
    let wanted = required + provider.alternatives.map { $0[min(way, $0.count - 1)] } + further
    for keys in FuzzKeys.all {
      var settings = JSONObject()
      for name in wanted { settings[name] = keys.value(of: name, hasSecrets: wanted.contains("secrets")) }
      settings["provider"] = .string(provider.name)
      guard let verifier = try? Verifier.make(settings: .object(settings)) else { continue }
      self.verifier = verifier
      if settings["publicKeys"] != nil {
        settings["publicKeys"] = nil
        settings["privateKey"] = .string(keys.privateKey)
      }
      signer = try? RequestSigner.make(settings: .object(settings))
      return
    }
    return nil
  }

  func deliver(_ method: String, query: String, headers: [(String, String)], body: [UInt8]) {
    check(
      VerificationRequest(
        method: method, path: "/hook", query: query, publicURL: Self.address, headers: HeaderList(headers), body: body,
        now: Self.now))
  }

  /// A genuine request, whose body is any bytes: encrypted where the provider encrypts.
  func deliverSigned(query: String, headers: [(String, String)], body: [UInt8]) {
    let request = OutgoingRequest(
      publicURL: Self.address, path: "/hook", query: query, headers: HeaderList(headers), body: body, now: Self.now,
      id: "delivery-1", event: "push")
    guard let signed = try? signer?.sign(request, random: .zeros) else { return }
    check(signed.received)
  }

  private func check(_ request: VerificationRequest) {
    switch verifier.verify(request, random: .zeros) {
    case .accepted(let match):
      demand((match.dedupeKey?.utf8.count ?? 0) <= 256, "\(name): a key that is too long")
    case .handshake(let reply): demand((200..<600).contains(reply.status), "\(name): an odd status")
    case .refused(let refusal): demand((400..<600).contains(refusal.status), "\(name): an odd status")
    }
  }
}

extension VerificationRandom {
  fileprivate static let zeros = VerificationRandom { [UInt8](repeating: 0, count: $0) }
}

/// Secrets and a key pair, as texts for settings.
private struct FuzzKeys: Sendable {
  let secret: String
  let publicKey: String
  let privateKey: String
  /// Of JSON Web Tokens.
  let algorithm: String

  /// Only some of them suit a provider.
  static let all: [FuzzKeys] =
    ["Topsecret-0123456789-abcdefghijkl", "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "746f70736563"].flatMap { secret in
      pairs.map { pair in
        FuzzKeys(secret: secret, publicKey: pair.open, privateKey: pair.closed, algorithm: pair.algorithm)
      }
    }

  private static let pairs: [(open: String, closed: String, algorithm: String)] = {
    let p256 = P256.Signing.PrivateKey()
    let ed25519 = Curve25519.Signing.PrivateKey()
    guard let rsa = try? _RSA.Signing.PrivateKey(keySize: .bits2048) else { fatalError("no RSA key") }
    return [
      (p256.publicKey.pemRepresentation, p256.pemRepresentation, "ES256"),
      (hexadecimal(ed25519.publicKey.rawRepresentation), hexadecimal(ed25519.rawRepresentation), "EdDSA"),
      (rsa.publicKey.pemRepresentation, rsa.pemRepresentation, "RS256"),
    ]
  }()

  private static func hexadecimal(_ bytes: some Sequence<UInt8>) -> String {
    bytes.map { String($0 >> 4, radix: 16) + String($0 & 15, radix: 16) }.joined()
  }

  func value(of setting: String, hasSecrets: Bool) -> JSON {
    switch setting {
    case "publicKeys": .string(publicKey)
    case "encodingAESKey": .string("jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C")
    case "apiV3Key": .string("Topsecret-0123456789-abcdefghijk")
    case "header": "X-Signature"
    case "query": "signature"
    case "algorithms": [.string(hasSecrets ? "HS256" : algorithm)]
    case "topicArn": "arn:aws:sns:us-east-1:1:orders"
    case "organizationId": "00D000000000001EAA"
    default: .string(secret)
    }
  }
}
