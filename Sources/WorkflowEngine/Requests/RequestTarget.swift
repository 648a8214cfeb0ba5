// Where a request goes: the URL as it is sent, and as messages may show it.

import JSONCodec
import OutboundHTTP
import Workflows

struct RequestTarget: Sendable {
  let url: String
  /// Scheme, host and path: no user, no query; the path neither when it was made from `$env`.
  let shown: String
  /// With the port, if there is one.
  let host: String
  private let isSecret: Bool

  init(url text: String, query: JSON, isSecret: Bool) throws {
    let encoded = PercentEncoding.url(text.trimmingBlanks())
    let withoutFragment = encoded.prefix { $0 != "#" }
    guard let scheme = ["http://", "https://"].first(where: { withoutFragment.lowercased().hasPrefix($0) }),
      let authority = Self.authority(withoutFragment.dropFirst(scheme.count))
    else {
      throw NodeFailure.error("url must start with http:// or https:// and name a host")
    }
    let pairs = try NameValuePairs.list(query, of: "query")
    url = Self.merge(String(withoutFragment), pairs)
    let host = authority[(authority.lastIndex(of: "@").map { authority.index(after: $0) } ?? authority.startIndex)...]
    self.host = host.lowercased()
    let path = withoutFragment[authority.endIndex...].prefix { $0 != "?" }
    self.isSecret = isSecret
    shown = scheme + host + (isSecret ? "/***" : path)
  }

  /// The transport opens its lines with method and URL, path included, or quotes a URL that it refuses.
  func message(of error: OutboundError, named name: String) -> String {
    guard isSecret else { return error.kind == .invalidRequest ? "\(name): \(error.message)" : error.message }
    guard error.kind != .invalidRequest, let subject = error.message.firstRange(of: ": ") else {
      return "\(name): the request is not valid; look at its URL, headers and body"
    }
    return "\(name): \(error.message[subject.upperBound...])"
  }

  private static func authority(_ rest: Substring) -> Substring? {
    let authority = rest.prefix { $0 != "/" && $0 != "?" }
    return authority.isEmpty || authority.hasSuffix("@") ? nil : authority
  }

  private static func merge(_ url: String, _ pairs: [(name: String, value: String)]) -> String {
    guard !pairs.isEmpty else { return url }
    let query = pairs.map { "\(PercentEncoding.component($0.name))=\(PercentEncoding.component($0.value))" }
    guard url.contains("?") else { return url + "?" + query.joined(separator: "&") }
    return url + (url.hasSuffix("?") || url.hasSuffix("&") ? "" : "&") + query.joined(separator: "&")
  }
}

extension String {
  func trimmingBlanks() -> String {
    let isBlank: (Character) -> Bool = { $0.isWhitespace }
    return String(drop(while: isBlank).reversed().drop(while: isBlank).reversed())
  }
}
