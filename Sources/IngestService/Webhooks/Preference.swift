// How long a synchronous caller wants to wait: `Prefer: respond-async` and `Prefer: wait=N` (RFC 7240).

import NIOCore
import NIOHTTP1
import Workflows

struct Preference: Sendable {
  /// Not to wait at all.
  let respondsAsync: Bool
  /// Never beyond the trigger's own timeout.
  let patience: TimeAmount
  /// When the patience is over: 202, whatever the trigger's `onTimeout` says.
  let acceptsLate: Bool
  /// To be told that `respond-async` was heard (RFC 7240 3).
  let asksAsync: Bool

  init(_ headers: HTTPHeaders, trigger: Trigger) {
    let limit = TimeAmount(trigger.timeout)
    var asksAsync = false
    var wait: Int64?
    for line in headers["prefer"] {
      for preference in line.utf8.split(outsideQuotesAt: ",") {
        let (name, value) = Self.read(preference)
        // The first of two counts.
        switch name {
        case "respond-async": asksAsync = true
        case "wait": wait = wait ?? Self.seconds(value)
        default: break
        }
      }
    }
    self.asksAsync = asksAsync
    // With both, the caller waits so long before it is told that the execution goes on (RFC 7240 4.3).
    respondsAsync = asksAsync && (wait ?? 0) == 0
    patience = wait.map { min(limit, .seconds($0)) } ?? limit
    acceptsLate = asksAsync || wait == 0
  }

  /// `name`, `name=word` or `name="words"`, with parameters behind semicolons that mean nothing here.
  private static func read(_ preference: Substring.UTF8View) -> (name: String, value: Substring) {
    let word = Substring(preference.split(outsideQuotesAt: ";").first ?? preference)
    let pieces = word.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
    var value = pieces.count > 1 ? pieces[1].trimmingBlanks : ""
    if value.count > 1, value.first == "\"", value.last == "\"" { value = value.dropFirst().dropLast() }
    return ((pieces.first ?? "").trimmingBlanks.lowercased(), value)
  }

  /// A day at most; nil for what is no number.
  private static func seconds(_ text: Substring) -> Int64? {
    guard !text.isEmpty, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else { return nil }
    return min(Int64(text) ?? .max, 86_400)
  }
}

extension BidirectionalCollection<UInt8> {
  fileprivate func split(outsideQuotesAt separator: Unicode.Scalar) -> [SubSequence] {
    var isQuoted = false
    var isEscaped = false
    return split(omittingEmptySubsequences: true) { byte in
      if byte == UInt8(ascii: "\""), !isEscaped { isQuoted.toggle() }
      isEscaped = isQuoted && !isEscaped && byte == UInt8(ascii: "\\")
      return !isQuoted && byte == UInt8(ascii: separator)
    }
  }
}

extension Substring {
  fileprivate var trimmingBlanks: Substring {
    var rest = drop { $0 == " " || $0 == "\t" }
    while rest.last == " " || rest.last == "\t" { rest.removeLast() }
    return rest
  }
}
