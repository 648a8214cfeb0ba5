// One thing that holds for the whole project.

import Testing

struct Rule: Sendable, CustomTestStringConvertible {
  let sentence: String
  /// One line for each violation.
  let violations: @Sendable (ProjectTree) -> [String]

  var testDescription: String { sentence }

  static let all: [Rule] = imports + sources + [everyNodeIsTestedAndTold, topLevel]
}
