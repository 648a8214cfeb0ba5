// Hides what workflows read as $env from what is shown of an execution: the input may hold the same values.

import JSONCodec

struct SecretMask {
  /// Shorter values would tear ordinary words apart and are no secrets.
  private static let shortest = 4
  private let secrets: [String]

  /// Longest first, so that a secret that contains another one leaves nothing behind.
  init(_ environment: [String: String]) {
    secrets = Set(environment.values).filter { $0.utf8.count >= Self.shortest }
      .sorted { ($0.count, $0) > ($1.count, $1) }
  }

  func text(_ text: String) -> String {
    secrets.reduce(text) { $0.replacing($1, with: "***") }
  }

  /// Untouched when it holds no secret, so that source bytes stay as they are.
  func value(_ value: JSON) -> JSON {
    guard !secrets.isEmpty else { return value }
    switch value.kind {
    case .string: return .string(text(value.stringValue ?? ""))
    case .array: return .array(value.elements.map(self.value))
    case .object:
      return .object(JSONObject(value.members.map { (text($0.key), self.value($0.value)) }))
    case .null, .bool, .number: return value
    }
  }
}
