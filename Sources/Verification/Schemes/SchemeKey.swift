// One of the secrets or keys of a webhook, ready to be tried.

struct SchemeKey: Sendable {
  enum Material: Sendable {
    /// The digest of the token.
    case token([UInt8])
    case mac(PreparedMAC)
    case digest(Hash)
    case publicKey(PublicKey, PublicKeyAlgorithm)
  }

  /// Told when it matches; nil where a provider's key has no name.
  let id: String
  /// Milliseconds since 1970.
  let notAfter: Int64?
  /// For pieces that are the secret; empty for public keys.
  let secret: [UInt8]
  let material: Material

  func isCurrent(_ reading: RequestReading) -> Bool { notAfter.map { reading.request.now <= $0 } ?? true }

  /// The claim is what the sender's signature decodes to.
  func matches(_ claim: [UInt8], for parts: [[UInt8]]) -> Bool {
    switch material {
    case .token(let digest): ConstantTime.areEqual(Hash.sha256.digest(of: claim), digest)
    case .mac(let mac): ConstantTime.areEqual(mac.code(for: parts), claim)
    case .digest(let hash): ConstantTime.areEqual(hash.digest(of: parts), claim)
    case .publicKey(let key, let algorithm): key.isValid(claim, for: parts, with: algorithm)
    }
  }

  /// The first of several claims is compared with a code that was computed once for all of them.
  func matches(anyOf claims: [[UInt8]], for parts: [[UInt8]]) -> Bool {
    switch material {
    case .mac(let mac):
      let code = mac.code(for: parts)
      return claims.contains { ConstantTime.areEqual(code, $0) }
    case .digest(let hash):
      let code = hash.digest(of: parts)
      return claims.contains { ConstantTime.areEqual(code, $0) }
    case .token, .publicKey: return claims.contains { matches($0, for: parts) }
    }
  }

  /// What the sender would send; nil for public keys.
  func signature(for parts: [[UInt8]]) -> [UInt8]? {
    switch material {
    case .token: secret
    case .mac(let mac): mac.code(for: parts)
    case .digest(let hash): hash.digest(of: parts)
    case .publicKey: nil
    }
  }
}

extension SchemeKey {
  init(_ secret: Secret, for scheme: SignatureScheme, setting: String) throws(VerifierProblem) {
    do throws(KeyProblem) {
      if case .publicKey(let algorithm) = scheme.algorithm {
        let named = try NamedPublicKey(reading: secret.text)
        self.init(publicKey: named, secret: secret, algorithm)
      } else {
        self.init(
          id: secret.id, notAfter: secret.notAfter, bytes: try scheme.keyDecoding.bytes(of: secret.text), scheme)
      }
    } catch {
      throw VerifierProblem(setting: setting, "an entry of \"\(setting)\" \(error.message)")
    }
  }

  /// A certificate goes by its serial number unless the settings name it.
  private init(publicKey named: NamedPublicKey, secret: Secret, _ algorithm: PublicKeyAlgorithm) {
    let isNumbered = secret.id.utf8.count <= 2 && secret.id.utf8.allSatisfy { $0 < UInt8(ascii: ":") }
    self.init(
      id: isNumbered ? named.id ?? secret.id : secret.id, notAfter: secret.notAfter ?? named.notAfter, secret: [],
      material: .publicKey(named.key, algorithm))
  }

  init(_ named: NamedPublicKey, _ algorithm: PublicKeyAlgorithm) {
    self.init(id: named.id ?? "", notAfter: named.notAfter, secret: [], material: .publicKey(named.key, algorithm))
  }

  private init(id: String, notAfter: Int64?, bytes: [UInt8], _ scheme: SignatureScheme) {
    let material: Material =
      switch scheme.algorithm {
      case .hmac(let hash): .mac(PreparedMAC(hash, secret: bytes))
      case .digest(let hash): .digest(hash)
      case .token, .publicKey: .token(Hash.sha256.digest(of: bytes))
      }
    self.init(id: id, notAfter: notAfter, secret: bytes, material: material)
  }
}
