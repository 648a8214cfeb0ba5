// The scheme in the other direction: a request as the provider would send it.

import JSONCodec

extension SchemeCheck {
  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem) {
    facts.mark(&request)
    var elements: [(String, String)] = []
    if let rule = scheme.timestamp {
      let text = Moments.write(request.now, unit: rule.unit)
      switch rule.source {
      case .header(let names): request.headers.set(names[0], text)
      case .element(let name): elements.append((name, text))
      case .query(let name): request.setQuery(name, text)
      case .field(let path): request.setField(path, json: rule.unit == .milliseconds ? .number(text) : .string(text))
      }
    }
    prepare(&request)
    guard let place = scheme.places.first else { return }
    let draft = scheme.layout.write("", elements: elements)
    let bytes = try signature(of: request, draft, place)
    let text = scheme.layout.write(scheme.encoding.encode(bytes), elements: elements)
    switch place {
    case .header(let name): request.headers.set(name, text)
    case .query(let name): request.setQuery(name, text)
    case .credential(let word): request.headers.set("authorization", "\(word) \(text)")
    case .field(let path): request.setField(path, text)
    case .form(let name): request.addFormField(name, text)
    }
  }

  private func signature(
    of request: OutgoingRequest, _ text: String, _ place: SignaturePlace
  ) throws(VerifierProblem) -> [UInt8] {
    let reading = RequestReading(request.received)
    let pieces = scheme.signed.first ?? []
    do throws(Refusal) {
      let parts = try self.parts(pieces, reading, secret: keys.first?.secret ?? [], text, place)
      if case .publicKey(let algorithm) = scheme.algorithm {
        if let signature = privateKey?.signature(for: parts, with: algorithm) { return signature }
      } else if let signature = keys.first?.signature(for: parts) {
        return signature
      }
    } catch {
      throw VerifierProblem(setting: nil, "the request cannot be signed: \(error.detail)")
    }
    throw VerifierProblem(
      setting: "privateKey", "\"privateKey\" is missing, or is of another kind than this provider's")
  }
}
