// What a regular expression matches, and what it does not.

package struct PatternExample: Sendable, CustomStringConvertible {
  package let pattern: String
  package let matching: [String]
  package let others: [String]
  package var description: String { pattern }

  package init(_ pattern: String, _ matching: [String], not others: [String]) {
    (self.pattern, self.matching, self.others) = (pattern, matching, others)
  }
}
