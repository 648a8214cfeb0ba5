// The regular expression of `matches`: compiled at load, and bounded in what it may cost, since senders choose the text.

import Foundation

struct Pattern: Sendable {
  static let longestSubject = 64 * 1024
  static let longestTime = Duration.milliseconds(250)

  private let expression: NSRegularExpression

  /// Nil when the text is no regular expression.
  init?(_ pattern: String) {
    guard let expression = try? NSRegularExpression(pattern: pattern) else { return nil }
    self.expression = expression
  }

  /// Whether it matches anywhere in the first 64 KB of the text.
  func matches(_ text: String) throws(TemplateError) -> Bool {
    let subject = Self.capped(text)
    let deadline = ContinuousClock.now + Self.longestTime
    var found = false
    var isLate = false
    let range = NSRange(location: 0, length: subject.utf16.count)
    unsafe expression.enumerateMatches(in: subject, options: [.reportProgress], range: range) { match, _, stop in
      if match != nil { found = true } else if ContinuousClock.now > deadline { isLate = true }
      // The pointer is the callee's own flag, valid during this call: Foundation offers no other way to stop.
      if found || isLate { unsafe stop.pointee = true }
    }
    if isLate && !found {
      throw TemplateError("the pattern \"\(expression.pattern)\" took too long on a text of \(text.utf8.count) bytes")
    }
    return found
  }

  private static func capped(_ text: String) -> String {
    guard text.utf8.count > longestSubject else { return text }
    var end = text.utf8.index(text.utf8.startIndex, offsetBy: longestSubject)
    while end.samePosition(in: text.unicodeScalars) == nil { end = text.utf8.index(before: end) }
    return String(text[..<end])
  }
}
