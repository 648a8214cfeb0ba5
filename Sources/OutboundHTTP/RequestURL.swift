// The URL of an outgoing request, checked before anything is sent, and the form of a URL that may stand in messages.

import CCurl

struct RequestURL {
  /// As libcurl takes it: spaces and letters outside ASCII percent-encoded.
  let text: String
  let host: String
  let isSecure: Bool

  init(_ url: String) throws(OutboundError) {
    let shown = Self.shown(url)
    guard !url.utf8.contains(where: { $0 < 0x20 || $0 == 0x7f }) else {
      throw .invalid("the URL \(shown) contains a line break or another control character; nothing was sent")
    }
    guard let parts = Self.parse(url, flags: UInt32(CURLU_URLENCODE)) else {
      throw .invalid(
        Self.hasScheme(url)
          ? "the URL \(shown) is not valid: check host, port and brackets"
          : "the URL \(shown.isEmpty ? "is empty: it" : shown) must start with http:// or https://")
    }
    guard parts.scheme == "http" || parts.scheme == "https" else {
      throw .invalid("the URL \(shown) has the scheme \(parts.scheme); only http and https are sent")
    }
    guard !parts.host.isEmpty else { throw .invalid("the URL \(shown) has no host") }
    text = parts.url
    host = parts.host
    isSecure = parts.scheme == "https"
  }

  private static func hasScheme(_ url: String) -> Bool { url.split(separator: "/").first?.hasSuffix(":") == true }

  /// The URL without what may be secret: user, password, query and fragment; without control characters, and short.
  static func shown(_ url: String) -> String {
    var rest = Substring(url.prefix { $0 != "?" && $0 != "#" })
    var scheme = ""
    if let separator = firstRange(of: "://", in: rest) {
      scheme = String(rest[..<separator.upperBound])
      rest = rest[separator.upperBound...]
    }
    var authority = rest.prefix { $0 != "/" && $0 != "\\" }
    let path = rest[authority.endIndex...]
    if let at = authority.lastIndex(of: "@") { authority = authority[authority.index(after: at)...] }
    // An @ further on may still end a password that has a slash in it.
    let tail = path.contains("@") ? "/…" : String(path)
    let text = (scheme + authority + tail).unicodeScalars.map { $0.value < 0x20 || $0.value == 0x7f ? " " : String($0) }
    return text.count > 200 ? text.prefix(200).joined() + "…" : text.joined()
  }

  /// A URL as libcurl gives it back, without user and password; query and all else stay.
  static func withoutUser(_ url: String) -> String {
    guard url.contains("@"), let handle = curl_url() else { return url }
    defer { curl_url_cleanup(handle) }
    guard curl_url_set(handle, CURLUPART_URL, url, 0) == CURLUE_OK else { return shown(url) }
    curl_url_set(handle, CURLUPART_USER, nil, 0)
    curl_url_set(handle, CURLUPART_PASSWORD, nil, 0)
    return part(CURLUPART_URL, of: handle) ?? shown(url)
  }

  /// nil when libcurl cannot read it. Schemes that libcurl does not know are let through, for a better message.
  static func parse(_ url: String, flags: UInt32 = 0) -> (scheme: String, host: String, url: String)? {
    guard let handle = curl_url() else { return nil }
    defer { curl_url_cleanup(handle) }
    let flags = flags | UInt32(CURLU_NON_SUPPORT_SCHEME)
    guard curl_url_set(handle, CURLUPART_URL, url, flags) == CURLUE_OK,
      let scheme = part(CURLUPART_SCHEME, of: handle), let text = part(CURLUPART_URL, of: handle)
    else { return nil }
    return (scheme.lowercased(), part(CURLUPART_HOST, of: handle) ?? "", text)
  }

  private static func part(_ part: CURLUPart, of handle: OpaquePointer) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard curl_url_get(handle, part, &text, 0) == CURLUE_OK, let text else { return nil }
    defer { curl_free(text) }
    return String(cString: text)
  }

  private static func firstRange(of text: String, in other: Substring) -> Range<String.Index>? {
    var start = other.startIndex
    while start < other.endIndex {
      if other[start...].hasPrefix(text) { return start..<other.index(start, offsetBy: text.count) }
      start = other.index(after: start)
    }
    return nil
  }
}
