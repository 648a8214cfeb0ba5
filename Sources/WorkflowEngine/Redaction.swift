// Values of `$env` must be neither stored nor shown: what goes into records, messages and outputs, and what commands print of
// an execution, whose input may hold the same values, passes through here.

package import JSONCodec

package struct Redaction: Sendable {
  /// Shorter values would tear ordinary words apart and are no secrets.
  private static let shortest = 4
  private let secrets: [String]

  /// Longest first, so that a secret that contains another one leaves nothing behind.
  init(_ secrets: Set<String>) {
    self.secrets = secrets.filter { $0.utf8.count >= Self.shortest }.sorted { ($0.count, $0) > ($1.count, $1) }
  }

  /// Of all that workflows could read.
  package init(environment: [String: String]) {
    self.init(Set(environment.values))
  }

  package func text(_ text: String) -> String {
    secrets.reduce(text) { $0.split(separator: $1, omittingEmptySubsequences: false).joined(separator: "***") }
  }

  /// Untouched when there is no secret, so that source bytes stay as they are.
  package func value(_ value: JSON) -> JSON {
    guard !secrets.isEmpty else { return value }
    switch value.kind {
    case .string: return .string(text(value.stringValue ?? ""))
    case .array: return .array(value.elements.map(self.value))
    case .object: return .object(JSONObject(value.members.map { (text($0.key), self.value($0.value)) }))
    case .null, .bool, .number: return value
    }
  }
}
