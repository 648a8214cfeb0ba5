// The table of what must not be accepted, for every provider.

import JSONCodec
import Testing

@testable import Verification

@Suite("What is not genuine")
struct NegativeTests {
  @Test("a changed body is refused wherever the signature covers it", arguments: ProviderCase.all)
  func changedBody(_ example: ProviderCase) throws {
    let request = try example.signed()
    for index in try example.coveredIndices(request.body) {
      var changed = request
      changed.body[index] ^= 1
      #expect(try example.verdict(on: changed).match == nil, "byte \(index)")
    }
  }

  @Test("another secret is refused", arguments: ProviderCase.all)
  func wrongSecret(_ example: ProviderCase) throws {
    let verdict = try example.verdict(on: try example.signed(), settings: example.verifying(example.wrongKey))
    #expect(verdict.refusal?.reason == .mismatch, "\(verdict)")
  }

  @Test("a missing signature is refused and named", arguments: ProviderCase.all)
  func missing(_ example: ProviderCase) throws {
    let request = try example.signed().replacingSignature(at: example.place) { _ in nil }
    let refusal = try #require(try example.verdict(on: request).refusal)
    let reasons: [Refusal.Reason]
    switch example.place {
    case .header(let name): reasons = [.missingHeader(name)]
    case .query(let name), .form(let name): reasons = [.missingField(name), .missingField("signature")]
    case .field(let path): reasons = [.missingField(path.joined(separator: ".")), .missingField("token")]
    }
    #expect(reasons.contains(refusal.reason), "\(refusal)")
    #expect(refusal.status == 401)
  }

  @Test("an empty signature is refused", arguments: ProviderCase.all)
  func empty(_ example: ProviderCase) throws {
    let request = try example.signed().replacingSignature(at: example.place) { _ in "" }
    #expect(try example.verdict(on: request).refusal != nil)
  }

  @Test("a part of a signature is refused", arguments: ProviderCase.all)
  func truncated(_ example: ProviderCase) throws {
    let request = try example.signed()
    for keep in [1, 2, 4, 8] {
      let cut = try request.replacingSignature(at: example.place) { text in
        let start = text.lastIndex { "=, ".contains($0) && $0 != text.last } ?? text.startIndex
        return String(text[..<start] + text[start...].prefix(keep))
      }
      #expect(try example.verdict(on: cut).refusal != nil, "\(keep) characters")
      let half = try request.replacingSignature(at: example.place) { String($0.prefix($0.count / 2)) }
      #expect(try example.verdict(on: half).refusal != nil)
    }
    let longer = try request.replacingSignature(at: example.place) { $0 + "00" }
    #expect(try example.verdict(on: longer).refusal != nil)
  }

  @Test("hexadecimal digits may be in upper case", arguments: ProviderCase.all.filter(\.isHexadecimal))
  func upperCase(_ example: ProviderCase) throws {
    let request = try example.signed().replacingSignature(at: example.place) { text in
      guard let start = text.lastIndex(of: "=") else { return text.uppercased() }
      return String(text[...start]) + text[start...].dropFirst().uppercased()
    }
    #expect(try example.verdict(on: request).match != nil)
  }

  @Test("base64 must be as it was sent", arguments: ProviderCase.all)
  func caseOfBase64(_ example: ProviderCase) throws {
    guard !example.isHexadecimal else { return }
    let request = try example.signed().replacingSignature(at: example.place) { text in
      text == text.lowercased() ? text.uppercased() : text.lowercased()
    }
    #expect(try example.verdict(on: request).refusal != nil)
  }

  @Test("a moment too far from now is refused in both directions", arguments: ProviderCase.all)
  func moments(_ example: ProviderCase) throws {
    guard let tolerance = example.tolerance else { return }
    let request = try example.signed()
    let limit = Int64(tolerance) * 1000
    let late = try #require(try example.verdict(on: request, at: ProviderCase.now + limit + 2000).refusal)
    let stale: [Refusal.Reason] = [.staleTimestamp(skewSeconds: tolerance + 2), .expiredClaim]
    #expect(stale.contains(late.reason), "\(late)")
    let early = try #require(try example.verdict(on: request, at: ProviderCase.now - limit - 2000).refusal)
    let future: [Refusal.Reason] = [.futureTimestamp(skewSeconds: tolerance + 2), .earlyClaim]
    #expect(future.contains(early.reason), "\(early)")
    // A token counts for five minutes and the leeway.
    let inside = example.provider == "jwt" ? 59_000 : limit - 2000
    #expect(try example.verdict(on: request, at: ProviderCase.now + inside).match != nil)
    #expect(try example.verdict(on: request, at: ProviderCase.now - inside).match != nil)
  }

  @Test("a repeated signature header is refused", arguments: ProviderCase.all)
  func repeatedHeader(_ example: ProviderCase) throws {
    guard case .header(let name) = example.place else { return }
    var request = try example.signed()
    guard case .one(let text) = request.headers.value(of: name) else { throw MissingSignature() }
    request.headers.add(name.uppercased(), text)
    #expect(try example.verdict(on: request).refusal?.reason == .repeatedHeader(name))
  }

  @Test("bodies that are empty or no UTF-8 are judged by their bytes", arguments: ProviderCase.all)
  func oddBodies(_ example: ProviderCase) throws {
    for body in [[], [0xFF, 0xFE, 0x00, 0x80], Array("{\"a\":\"\u{FFFD}".utf8) + [0xC3, 0x28]] as [[UInt8]] {
      guard let request = try? example.signed(body: body) else {
        #expect(!example.takesAnyBody)
        continue
      }
      let verdict = try example.verdict(on: request)
      if example.takesAnyBody { #expect(verdict.match != nil, "\(verdict)") }
    }
  }

  @Test("too many signatures are refused")
  func tooMany() throws {
    for provider in ["stripe", "pagerduty"] {
      let example = try #require(ProviderCase.all.first { $0.provider == provider })
      let request = try example.signed().replacingSignature(at: example.place) { text in
        String(repeating: "v1=00,", count: 33) + text
      }
      #expect(try example.verdict(on: request).refusal?.reason == .tooManySignatures)
    }
  }

  @Test("a header that is too long is refused", arguments: ProviderCase.all)
  func longHeader(_ example: ProviderCase) throws {
    guard case .header = example.place else { return }
    let request = try example.signed().replacingSignature(at: example.place) {
      String(repeating: "a", count: 9000) + $0
    }
    #expect(try example.verdict(on: request).refusal?.reason == .malformedSignature)
  }

  @Test("of several signatures any may fit")
  func lists() throws {
    for (provider, before) in [
      ("stripe", "v1=00,"), ("pagerduty", "v1=00,v1=xx,"), ("standard-webhooks", "v1,AA== v9,x "),
    ] {
      let example = try #require(ProviderCase.all.first { $0.provider == provider })
      let request = try example.signed().replacingSignature(at: example.place) { before + $0 }
      #expect(try example.verdict(on: request).match != nil, "\(provider)")
    }
  }
}
