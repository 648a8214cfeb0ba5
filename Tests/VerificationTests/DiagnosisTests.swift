// A refusal tells what probably happened to the request.

import JSONCodec
import Testing

@testable import Verification

@Suite("Why a request is refused")
struct DiagnosisTests {
  private func github(_ secrets: JSON = "secret") throws -> Verifier {
    try Verifier.make(settings: ["provider": "github", "secrets": secrets])
  }

  private func signed(_ body: String) throws -> OutgoingRequest {
    let signer = try RequestSigner.make(settings: ["provider": "github", "secrets": "secret"])
    return try signer.sign(OutgoingRequest(publicURL: "https://a", body: Array(body.utf8), now: 0, id: "1"))
  }

  @Test("a body that was changed on its way is recognized")
  func bodies() throws {
    let cases = [
      (#"{"a":1}"#, "{ \"a\": 1 }", "the signature fits the body as compact JSON: something on the way rewrote it"),
      (#"{"a":1}"#, "{\"a\":1}\n", "the signature fits the body without the newline at its end"),
      ("a=1", "a=1\r\n", "the signature fits the body without the newline at its end"),
      ("{\"a\":1}\n", #"{"a":1}"#, "the signature fits the body with a newline at its end"),
      ("{\"a\":1}\r\n", #"{"a":1}"#, "the signature fits the body with CR LF at its end"),
    ]
    for (sent, arrived, diagnosis) in cases {
      var request = try signed(sent).received
      request.body = Array(arrived.utf8)
      let refusal = try #require(try github().verify(request).refusal)
      #expect(refusal.reason == .mismatch)
      #expect(refusal.diagnosis == diagnosis)
      request.isDiagnosed = false
      #expect(try github().verify(request).refusal?.diagnosis == nil)
      request.body = Array("else".utf8)
      request.isDiagnosed = true
      #expect(try github().verify(request).refusal?.diagnosis == nil)
    }
  }

  @Test("a secret with a newline at its end is recognized")
  func secrets() throws {
    let refusal = try github("secret\n").verify(try signed("{}").received).refusal
    #expect(refusal?.diagnosis == "the signature fits a secret without the blanks around it: the setting has some")
  }

  @Test("a refusal names the header, and its code is one of few words")
  func words() throws {
    let missing = try github().verify(VerificationRequest(headers: HeaderList(), body: [], now: 0)).refusal
    #expect(missing?.detail == "header x-hub-signature-256 is missing")
    #expect(missing?.code == "missing_header")
    let headers = HeaderList([("X-Hub-Signature-256", "sha1=00")])
    let prefix = try github().verify(VerificationRequest(headers: headers, body: [], now: 0)).refusal
    #expect(prefix?.detail == "header x-hub-signature-256 does not start with sha256=")
    let stripe = try Verifier.make(settings: ["provider": "stripe", "secrets": "s"])
    let stale = VerificationRequest(
      headers: HeaderList([("Stripe-Signature", "t=1000,v1=00")]), body: [], now: 1_412_000)
    #expect(stripe.verify(stale).refusal?.detail == "the timestamp is 412 s old, 300 s are allowed")
  }

  @Test("a request that needs an address says so where none is known")
  func address() throws {
    let square = try Verifier.make(settings: ["provider": "square", "secrets": "s"])
    let headers = HeaderList([("x-square-hmacsha256-signature", "AAAA")])
    let refusal = square.verify(VerificationRequest(headers: headers, body: [], now: 0)).refusal
    #expect(refusal?.reason == .noPublicURL)
    #expect(refusal?.status == 503)
    let known = try Verifier.make(settings: ["provider": "square", "secrets": "s", "url": "https://a.example/"])
    #expect(known.verify(VerificationRequest(headers: headers, body: [], now: 0)).refusal?.reason == .mismatch)
  }
}
