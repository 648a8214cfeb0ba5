// What the workflows of the torture need of the system beyond requests in a row.

enum Feature: String, CaseIterable, Sendable {
  case retry, delay, wait, loop, parallel, concurrency, order

  /// What the system can do; workflows that need more are left out.
  static let available = Set(allCases)
}
