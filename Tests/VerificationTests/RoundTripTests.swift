// Every provider signs and is understood.

import JSONCodec
import Testing

@testable import Verification

@Suite("Round trips")
struct RoundTripTests {
  @Test("every provider of the catalogue has a case")
  func completeness() {
    let tested = Set(ProviderCase.all.compactMap { ProviderCatalog.provider(named: $0.provider)?.name })
    #expect(ProviderCatalog.all.map(\.name).filter { !tested.contains($0) } == [])
  }

  @Test("what a provider signs is accepted, with its id and its name", arguments: ProviderCase.all)
  func accepted(_ example: ProviderCase) throws {
    let request = try example.signed()
    let verdict = try example.verdict(on: request)
    let match = try #require(verdict.match, "\(verdict)")
    #expect(match.dedupeKey == example.dedupeKey)
    if let event = example.expectedEvent { #expect(match.event == event) }
    #expect(match.retryWindow >= 3600)
  }

  @Test("of several secrets the one that fits is told", arguments: ProviderCase.all.filter { $0.keySetting != "token" })
  func rotation(_ example: ProviderCase) throws {
    // Two keys with one name cannot both be in the settings.
    guard example.keySetting != "verificationToken", example.key.kind == .string else { return }
    let request = try example.signed()
    let both = try example.verdict(on: request, settings: example.verifying([example.wrongKey, example.key]))
    #expect(both.match?.secretID == "2", "\(both)")
    let named: JSON = [
      ["id": "old", "value": example.key, "notAfter": "2026-02-18T20:01:36Z"],
      ["id": "new", "value": example.wrongKey],
    ]
    #expect(try example.verdict(on: request, settings: example.verifying(named)).match?.secretID == "old")
    let late = try example.signed(now: ProviderCase.now + 2000)
    let expired = try example.verdict(
      on: late, at: ProviderCase.now + 2000, settings: example.verifying(named))
    #expect(expired.refusal != nil)
    let alone = try example.verdict(
      on: late, at: ProviderCase.now + 2000,
      settings: example.verifying(["value": example.key, "notAfter": "2026-02-18T20:01:36Z"]))
    let reasons: [Refusal.Reason?] = [.noUsableSecret, .unknownKey(url: nil)]
    #expect(reasons.contains(alone.refusal?.reason), "\(alone)")
  }
}
