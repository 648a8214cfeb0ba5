// What decides whether a webhook gets in, and whether it is the same as one before: the settings `allow`, `verify`, `schema`,
// `deduplicate` and `rate` of a trigger.

import JSONCodec
import Synchronization
package import Verification
package import Workflows

/// Made once for each workflow version, and asked from all event loops.
package final class WebhookChecks: TriggerChecks {
  /// Nil when every address may send.
  package let allowed: AddressList?
  package let senders: [SenderSetting]
  package let schema: SchemaSetting?
  package let deduplication: DeduplicationSetting
  package let rate: RateSetting?
  package let furtherMethods: [String]
  private let verifiers = Mutex<VerifierSet?>(nil)

  init(
    allowed: AddressList?, senders: [SenderSetting], schema: SchemaSetting?, deduplication: DeduplicationSetting,
    rate: RateSetting?
  ) {
    self.allowed = allowed
    self.senders = senders
    self.schema = schema
    self.deduplication = deduplication
    self.rate = rate
    furtherMethods = Array(Set(senders.flatMap(\.methods))).sorted()
  }

  package var replayWindow: Duration { deduplication.writtenWindow ?? .zero }

  /// What every process that reads workflows has to know of triggers.
  package static let triggerExtension = TriggerExtension(
    settings: [
      ("allow", AddressList.schema), ("verify", SenderSetting.schema), ("schema", SchemaSetting.schema),
      ("deduplicate", DeduplicationSetting.schema),
      ("rate", RateSetting.schema),
    ]
  ) { reader in
    WebhookChecks(
      allowed: AddressList.read(&reader), senders: SenderSetting.read(&reader), schema: SchemaSetting.read(&reader),
      deduplication: DeduplicationSetting.read(&reader),
      rate: RateSetting.read(&reader))
  }

  /// Made at the first webhook, when the environment is known: what a secret's template reads is fixed for a process.
  /// When they cannot be made, `complain` is called, once.
  package func verifiers(
    _ environment: [String: String], keys: any KeySource, complain: (String) -> Void
  ) -> VerifierSet {
    let (set, isNew) = verifiers.withLock { known in
      if let known { return (known, false) }
      let made = VerifierSet(senders, environment: environment, keys: keys)
      known = made
      return (made, true)
    }
    if isNew, case .unusable(let message) = set { complain(message) }
    return set
  }
}

/// The checks of all senders; each has to pass.
package enum VerifierSet: Sendable {
  case ready([Verifier])
  /// A secret is missing, say: nobody gets in. The message is for the log.
  case unusable(String)

  init(_ senders: [SenderSetting], environment: [String: String], keys: any KeySource) {
    var verifiers: [Verifier] = []
    for sender in senders {
      do {
        let settings = try sender.settings(EnvironmentScope(environment))
        verifiers.append(try Verifier.make(settings: settings, keySource: keys))
      } catch {
        self = .unusable("verify: \(sender.provider): \(error)")
        return
      }
    }
    self = .ready(verifiers)
  }
}

/// `$env` only.
private struct EnvironmentScope: VariableScope {
  private let values: [String: String]

  init(_ values: [String: String]) {
    self.values = values
  }

  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    guard case .environment(let name) = root else {
      throw TemplateError("only $env can be used in \"verify\"")
    }
    guard let value = values[name] else { throw TemplateError("$env.\(name) is not set") }
    return .string(value)
  }
}
