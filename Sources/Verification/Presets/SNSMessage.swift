// What a message of Amazon SNS signs, with which certificate, and how a subscription is confirmed.

import JSONCodec

enum SNSMessage {
  private static let notification = ["Message", "MessageId", "Subject", "Timestamp", "TopicArn", "Type"]
  private static let confirmation = ["Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type"]

  /// Name and value of each member, each with a newline behind it; the subject only if there is one.
  static let signedBytes: @Sendable (RequestReading) throws(Refusal) -> [UInt8] = { reading throws(Refusal) in
    let message = try reading.json()
    let names: [String]
    switch message["Type"]?.stringValue {
    case "Notification": names = notification
    case "SubscriptionConfirmation", "UnsubscribeConfirmation": names = confirmation
    default: throw Refusal(.badBody, "\"Type\" in the body is no type of SNS")
    }
    var text = ""
    for name in names {
      guard let value = message[name]?.stringValue else {
        if name == "Subject" { continue }
        throw Refusal(.missingField(name), "the body has no \"\(name)\"")
      }
      text += "\(name)\n\(value)\n"
    }
    return Array(text.utf8)
  }

  /// The keys with the algorithm that the message's version stands for.
  static func keys(
    _ reading: RequestReading, _ configured: [SchemeKey], _ source: any KeySource
  ) throws(Refusal) -> [SchemeKey] {
    let algorithm: PublicKeyAlgorithm
    switch try reading.text(at: ["SignatureVersion"]) {
    case "1": algorithm = .rsa(.sha1)
    case "2": algorithm = .rsa(.sha256)
    default: throw Refusal(.algorithmNotAllowed, "\"SignatureVersion\" in the body must be 1 or 2")
    }
    guard configured.isEmpty else { return configured.map { $0.using(algorithm) } }
    guard let address = try reading.text(at: ["SigningCertURL"]), ProviderAddress.isSNSCertificate(address) else {
      throw Refusal(.unknownKey(url: nil), "\"SigningCertURL\" in the body is no address of a certificate of SNS")
    }
    guard let found = source.keys(at: address, namedBy: .sender)?.keys else {
      throw Refusal(.unknownKey(url: address), "the certificate of SNS is not here yet")
    }
    return found.map { SchemeKey($0, algorithm) }
  }

  static func handshake(_ reading: RequestReading, _ keys: [SchemeKey]) throws(Refusal) -> HandshakeReply? {
    switch try reading.text(at: ["Type"]) {
    case "SubscriptionConfirmation":
      guard let address = try reading.text(at: ["SubscribeURL"]), ProviderAddress.isSNSConfirmation(address) else {
        throw Refusal(.badBody, "\"SubscribeURL\" in the body is no address of SNS")
      }
      return HandshakeReply(followUp: address)
    case "UnsubscribeConfirmation": return HandshakeReply(note: "the subscription of this address was ended")
    default: return nil
    }
  }
}

extension SchemeKey {
  /// The same public key with another algorithm.
  func using(_ algorithm: PublicKeyAlgorithm) -> SchemeKey {
    guard case .publicKey(let key, _) = material else { return self }
    return SchemeKey(id: id, notAfter: notAfter, secret: secret, material: .publicKey(key, algorithm))
  }
}
