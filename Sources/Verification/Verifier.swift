// Whether a request comes from whom it says: the way in for everybody else.

package import JSONCodec

/// One workflow's check, ready for requests from many threads. It does no input or output, and asks no clock.
package struct Verifier: Sendable {
  package let provider: Provider
  private let check: any Check

  /// Reads the settings `{provider: …, secrets: …}` with all templates filled in. Keys that live at an address of the
  /// provider are asked of `keySource`.
  package static func make(
    settings: JSON, keySource: any KeySource = NoKeySource()
  ) throws(VerifierProblem) -> Verifier {
    let provider = try provider(of: settings, isForSending: false)
    let reading = SettingsReading(settings: settings, isForSending: false, keySource: keySource)
    return Verifier(provider: provider, check: try provider.make(reading))
  }

  package func verify(_ request: VerificationRequest, random: VerificationRandom = .system) -> Verdict {
    do throws(Refusal) {
      return try check.verify(RequestReading(request), random: random)
    } catch {
      return .refused(error)
    }
  }

  fileprivate static func provider(of settings: JSON, isForSending: Bool) throws(VerifierProblem) -> Provider {
    guard settings.kind == .object, let name = settings["provider"]?.stringValue else {
      throw VerifierProblem(setting: "provider", "\"provider\" is missing: the name of who sends")
    }
    guard let provider = ProviderCatalog.provider(named: name) else { throw ProviderSettings.unknownProvider(name) }
    let names = settings.members.filter { !$0.value.isNull }.map(\.key)
    let problems = ProviderSettings.check(provider: name, names: names)
    // A sender has the private key and need not have the public one.
    let isMissingKey = { (problem: VerifierProblem) in isForSending && problem.setting == "publicKeys" }
    if let problem = problems.first(where: { !isMissingKey($0) }) { throw problem }
    return provider
  }
}

/// Sends as a provider would.
package struct RequestSigner: Sendable {
  package let provider: Provider
  private let check: any Check

  /// The same settings as for checking; where senders sign with a key pair, `privateKey` is needed instead of the
  /// public one.
  package static func make(settings: JSON) throws(VerifierProblem) -> RequestSigner {
    let provider = try Verifier.provider(of: settings, isForSending: true)
    let reading = SettingsReading(settings: settings, isForSending: true, keySource: NoKeySource())
    return RequestSigner(provider: provider, check: try provider.make(reading))
  }

  /// The request with what the provider adds: headers, items of the query, an encrypted body.
  package func sign(
    _ request: OutgoingRequest, random: VerificationRandom = .system
  ) throws(VerifierProblem) -> OutgoingRequest {
    var request = request
    try check.sign(&request, random: random)
    return request
  }
}
