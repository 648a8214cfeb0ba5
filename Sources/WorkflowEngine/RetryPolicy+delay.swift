// When a failed node is tried again.

import ProcessSupport
import Workflows

extension RetryPolicy {
  func allows(_ failure: NodeFailure, after tries: Int, onUncertain: Node.OnUncertain) -> Bool {
    guard tries < attempts, !failure.isFinal, failure.isTemporary || on == .any else { return false }
    return !failure.isUncertain || onUncertain == .retry
  }

  /// Exponential, with "equal jitter" (half of it fixed, half random: Marc Brooker, "Exponential Backoff And Jitter",
  /// 2015). What the other side asks for is a least: a little is added, so that not all come back in one moment.
  func milliseconds(after tries: Int, retryAfter: Duration?, random: Double = .random(in: 0...1)) -> Int64 {
    let longest = Double(maxDelay.milliseconds)
    var delay = Double(self.delay.milliseconds)
    for _ in 1..<max(1, tries) where delay < longest { delay *= factor }
    let own = Int64(min(delay, longest) * (0.5 + 0.5 * random))
    guard let retryAfter else { return own }
    return max(own, min(retryAfter, Self.longestRequest).milliseconds + Int64(500 * random))
  }

  private static let longestRequest = Duration.seconds(86_400)
}

/// `Retry-After` (RFC 9110, section 10.2.3): seconds, or a date in the form of section 5.6.7.
enum RetryAfter {
  static func duration(_ text: String, now: Int64) -> Duration? {
    let text = text.trimmed
    if let seconds = Int64(text), seconds >= 0 { return .seconds(min(seconds, 366 * 86_400)) }
    guard let moment = Timestamp.milliseconds(ofHTTPDate: text) else { return nil }
    return .milliseconds(max(0, moment - now))
  }
}

extension String {
  fileprivate var trimmed: String {
    let kept = drop { $0 == " " || $0 == "\t" }
    return String(kept.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
  }
}
