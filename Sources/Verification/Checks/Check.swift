// What every provider's check can do.

protocol Check: Sendable {
  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict

  /// Completes a request as the provider would send it.
  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem)
}

/// Several ways of one provider of which any is enough: versions of a signature that it sends side by side.
struct AnyOfCheck: Check {
  /// Sending uses the first.
  let checks: [any Check]

  func verify(_ reading: RequestReading, random: VerificationRandom) throws(Refusal) -> Verdict {
    var worth: Refusal?
    for check in checks {
      do throws(Refusal) {
        return try check.verify(reading, random: random)
      } catch {
        if error.rank > worth?.rank ?? -1 { worth = error }
      }
    }
    throw worth ?? Refusal(.noUsableSecret, "there is nothing to check with")
  }

  func sign(_ request: inout OutgoingRequest, random: VerificationRandom) throws(VerifierProblem) {
    try checks.first?.sign(&request, random: random)
  }
}
