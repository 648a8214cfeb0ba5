// What wrk prints at its end, taken apart.

struct WrkReport: Sendable {
  /// Answered requests.
  var requests: Int
  /// Requests a second.
  var rate: Double
  /// Seconds by percentile: 50, 75, 90, 99.
  var latencies: [Int: Double] = [:]
  /// Answers that are neither 2xx nor 3xx.
  var refused = 0
  /// As wrk lists them: `connect 0, read 0, write 0, timeout 3`; nil when there were none.
  var socketErrors: String?

  var median: Double { latencies[50] ?? 0 }
  var tail: Double { latencies[99] ?? 0 }

  /// Why the measurement does not count; nil when it does.
  var problem: String? {
    if refused > 0 { return "\(refused) of \(requests) answers were no 2xx" }
    if let socketErrors { return "socket errors: \(socketErrors)" }
    return requests == 0 ? "no answer at all" : nil
  }

  /// nil when the lines hold no report.
  init?(_ lines: [String]) {
    var requests: Int?
    var rate: Double?
    for line in lines {
      let words = line.split(whereSeparator: \.isWhitespace)
      guard words.count >= 2 else { continue }
      if words[0].last == "%", let percentile = Double(words[0].dropLast()) {
        latencies[Int(percentile)] = Self.seconds(words[1])
      } else if words[1] == "requests", words.count > 2, words[2] == "in" {
        requests = Int(words[0])
      } else if words[0] == "Requests/sec:" {
        rate = Double(words[1])
      } else if words[0] == "Non-2xx" {
        refused = words.last.flatMap { Int($0) } ?? 0
      } else if words[0] == "Socket", words[1] == "errors:" {
        socketErrors = words.dropFirst(2).joined(separator: " ")
      }
    }
    guard let requests, let rate else { return nil }
    self.requests = requests
    self.rate = rate
  }

  /// Reads `682.00us`, `1.69ms`, `1.02s`, `2.00m`, `1.00h`.
  static func seconds(_ text: Substring) -> Double? {
    let number = text.prefix { $0.isNumber || $0 == "." }
    let factors = ["us": 1e-6, "ms": 1e-3, "s": 1, "m": 60, "h": 3600]
    guard let value = Double(number), let factor = factors[String(text[number.endIndex...])] else { return nil }
    return value * factor
  }
}
