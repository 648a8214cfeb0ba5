// A pattern of match() and search(), checked, translated and compiled.

import Patterns

struct RegularExpression: Sendable {
  private let pattern: CompiledPattern

  /// The number of instructions it has: what matching a byte costs at worst.
  var size: Int { pattern.size }

  /// Compiles an I-Regexp of RFC 9485.
  init(_ text: String) throws(IRegexpError) {
    var translation = IRegexpTranslation(text)
    guard let pattern = CompiledPattern(try translation.translate()) else {
      throw IRegexpError(message: "it is too large, or repeats too much")
    }
    self.pattern = pattern
  }

  func matchesWhole(of text: String) -> Bool { pattern.matchesWhole(of: text) }

  func matchesPart(of text: String) -> Bool { pattern.matchesPart(of: text) }
}
