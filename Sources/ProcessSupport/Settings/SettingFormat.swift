// How one kind of setting is written: read from its text, shown again, and described when the text is wrong.

import Logging

struct SettingFormat<Value: Sendable>: Sendable {
  /// Completes "is not …" in a problem's line.
  let expected: String
  let parse: @Sendable (String) -> Value?
  let text: @Sendable (Value) -> String
}

extension SettingFormat where Value == String {
  static let text = SettingFormat(expected: "a text", parse: { $0 }, text: { $0 })
  static let redisURL = SettingFormat(
    expected: "a URL such as redis://127.0.0.1:6379",
    parse: { text in
      text.contains("://") && text.utf8.allSatisfy { $0 >= 32 && $0 != 127 } ? text : nil
    }, text: { $0 })
}

extension SettingFormat where Value == String? {
  static let optionalText = SettingFormat(expected: "a text", parse: { $0 }, text: { $0 ?? "" })

  /// An address of this service as senders see it: scheme, host and perhaps a path, nothing else.
  static let webAddress = SettingFormat(
    expected: "an http:// or https:// address without user, query or fragment",
    parse: { text in
      guard let scheme = ["https://", "http://"].first(where: text.hasPrefix) else { return nil }
      var rest = text.dropFirst(scheme.count)
      while rest.hasSuffix("/") { rest = rest.dropLast() }
      let isPlain = rest.utf8.allSatisfy { $0 > 32 && $0 < 127 } && !rest.contains { "@?#".contains($0) }
      return isPlain && !rest.isEmpty && !rest.hasPrefix("/") ? scheme + rest : nil
    }, text: { $0 ?? "" })
}

extension SettingFormat where Value == Int {
  static func count(_ range: ClosedRange<Int>) -> SettingFormat {
    SettingFormat(
      expected: "a whole number from \(range.lowerBound) to \(range.upperBound)",
      parse: { text in
        guard text.utf8.allSatisfy({ (48...57).contains($0) }), let value = Int(text) else { return nil }
        return range.contains(value) ? value : nil
      }, text: { "\($0)" })
  }
}

extension SettingFormat where Value == Duration {
  static func duration(from least: Duration = .zero, upTo most: Duration) -> SettingFormat {
    let range = (least == .zero ? "" : "from \(least.millraceText) ") + "up to \(most.millraceText)"
    return SettingFormat(
      expected: "a time such as 500ms, 25s, 5m or 1h, \(range)",
      parse: { text in
        guard let value = Duration(millraceText: text), (least...most).contains(value) else { return nil }
        return value
      }, text: { $0.millraceText })
  }
}

extension SettingFormat where Value == ByteSize {
  static func size(from least: ByteSize = ByteSize(bytes: 1), upTo most: ByteSize) -> SettingFormat {
    SettingFormat(
      expected: "a size such as 512KB or 10MB, from \(least.bytes == 1 ? "1 byte" : "\(least)") to \(most)",
      parse: { text in
        guard let value = ByteSize(text), (least.bytes...most.bytes).contains(value.bytes) else { return nil }
        return value
      }, text: { $0.description })
  }
}

extension SettingFormat where Value == ListenAddress {
  static let listenAddress = SettingFormat(
    expected: "an address such as 127.0.0.1:8080, [::1]:8080 or :8080", parse: { ListenAddress($0) },
    text: { $0.description })
}

extension SettingFormat where Value == [AddressRange] {
  static let addressRanges = SettingFormat(
    expected: "a list of addresses or CIDRs such as 10.0.0.0/8 fd00::/8, separated by blanks or commas",
    parse: { text in
      let words = text.split { $0 == "," || $0.isWhitespace }
      let ranges = words.compactMap { AddressRange(String($0)) }
      return ranges.count == words.count ? ranges : nil
    },
    text: { ranges in ranges.map(\.description).joined(separator: " ") })
}

extension SettingFormat where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
  static var choice: SettingFormat {
    SettingFormat(
      expected: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", "),
      parse: { Value(rawValue: $0.lowercased()) }, text: { $0.rawValue })
  }
}
