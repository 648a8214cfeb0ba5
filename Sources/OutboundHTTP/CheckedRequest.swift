// A request in which nothing can be mistaken for something else on the wire: what is wrong is refused before anything
// is sent, because the texts come from templates, and templates take them from webhooks.

struct CheckedRequest {
  let request: OutboundRequest
  let url: RequestURL
  /// In libcurl's notation: `Name: value`, `Name;` for a header without a value, `Name:` for one that is not sent.
  let headerLines: [String]

  init(_ request: OutboundRequest) throws(OutboundError) {
    self.request = request
    guard Self.isToken(request.method) else {
      throw .invalid("the method \"\(Self.printable(request.method))\" is not a valid HTTP method")
    }
    url = try RequestURL(request.url)
    headerLines = try Self.lines(of: request)
    try Self.check(request.body, method: request.method)
    if let authorization = request.authorization { try Self.check(authorization) }
    if let proxy = request.proxy { try Self.check(proxy: proxy) }
    if let file = request.tls.authorities, file.utf8.contains(0) || file.isEmpty {
      throw .invalid("the name of the file of TLS authorities is not valid")
    }
  }

  private static func lines(of request: OutboundRequest) throws(OutboundError) -> [String] {
    var lines: [String] = []
    var names: Set<String> = []
    for (name, value) in request.headers {
      guard isToken(name) else {
        throw .invalid("the header name \"\(printable(name))\" contains characters that header names cannot have")
      }
      let lowered = name.lowercased()
      // The value stays out of the message: it may be a secret.
      guard isFieldValue(value) else {
        throw .invalid("the value of the header \(name) contains a line break or another control character")
      }
      if lowered == "content-length" || lowered == "transfer-encoding" {
        throw .invalid("the header \(name) cannot be set: it follows from the body")
      }
      names.insert(lowered)
      let trimmed = trim(value)
      lines.append(trimmed.isEmpty ? "\(name);" : "\(name): \(trimmed)")
    }
    if names.contains("authorization"), request.authorization != nil {
      throw .invalid("the request has both an Authorization header and an authorization of its own; keep one")
    }
    if case .bytes(_, let contentType) = request.body, !names.contains("content-type") {
      // Without the empty form libcurl would call every body a form.
      lines.append(contentType.map { "Content-Type: \($0)" } ?? "Content-Type:")
    } else if case .none = request.body, !names.contains("content-type") {
      lines.append("Content-Type:")
    }
    // Nobody's webhook receiver is worth waiting a second for "100 Continue".
    if !names.contains("expect") { lines.append("Expect:") }
    return lines
  }

  /// For a redirect that drops the body: without the fields that describe one (the list of the Fetch standard).
  var headerLinesWithoutBody: [String] {
    let describing = ["content-type", "content-encoding", "content-language", "content-location"]
    return headerLines.filter { line in
      !describing.contains(line.prefix { $0 != ":" && $0 != ";" }.lowercased())
    }
  }

  private static func check(_ body: OutboundRequest.Body, method: String) throws(OutboundError) {
    switch body {
    case .none:
      return
    case .bytes(_, let contentType):
      try check(contentType: contentType)
    case .multipart(let parts):
      for part in parts {
        try check(contentType: part.contentType)
        guard !part.name.utf8.contains(0), part.filename?.utf8.contains(0) != true else {
          throw .invalid("a multipart name or file name contains a zero byte")
        }
      }
    }
    guard method != "HEAD" else { throw .invalid("a HEAD request cannot have a body") }
  }

  private static func check(contentType: String?) throws(OutboundError) {
    guard let contentType else { return }
    guard !trim(contentType).isEmpty, isFieldValue(contentType) else {
      throw .invalid("the content type of the body is empty or contains a control character")
    }
  }

  private static func check(_ authorization: OutboundRequest.Authorization) throws(OutboundError) {
    switch authorization {
    case .basic(let user, let password):
      guard !user.isEmpty || !password.isEmpty else {
        throw .invalid("user and password of basic authorization are both empty")
      }
      guard !user.contains(":") else { throw .invalid("the user name of basic authorization contains a colon") }
      guard isFieldValue(user), isFieldValue(password) else {
        throw .invalid("user or password of basic authorization contains a control character")
      }
    case .bearer(let token):
      guard !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f }) else {
        throw .invalid("the bearer token is empty or contains a space or another character that tokens cannot have")
      }
    }
  }

  private static func check(proxy: String) throws(OutboundError) {
    let shown = RequestURL.shown(proxy)
    guard isFieldValue(proxy), let parts = RequestURL.parse(proxy), !parts.host.isEmpty,
      ["http", "https", "socks4", "socks4a", "socks5", "socks5h"].contains(parts.scheme)
    else { throw .invalid("the proxy \(shown) is not an http, https, socks4 or socks5 URL") }
  }

  private static func isToken(_ text: String) -> Bool {
    let marks = "!#$%&'*+-.^_`|~".utf8
    return !text.isEmpty
      && text.utf8.allSatisfy { byte in
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
          UInt8(ascii: "a")...UInt8(ascii: "z"):
          true
        default: marks.contains(byte)
        }
      }
  }

  /// No control characters but the tab.
  private static func isFieldValue(_ text: String) -> Bool {
    text.utf8.allSatisfy { $0 >= 0x20 && $0 != 0x7f || $0 == 0x09 }
  }

  private static func trim(_ text: String) -> Substring {
    var rest = Substring(text)
    while let first = rest.first, first == " " || first == "\t" { rest.removeFirst() }
    while let last = rest.last, last == " " || last == "\t" { rest.removeLast() }
    return rest
  }

  private static func printable(_ text: String) -> String {
    String(text.unicodeScalars.prefix(60).map { $0.value < 0x20 || $0.value == 0x7f ? "?" : Character($0) })
  }
}

extension OutboundError {
  static func invalid(_ message: String) -> OutboundError { OutboundError(kind: .invalidRequest, message: message) }
}
