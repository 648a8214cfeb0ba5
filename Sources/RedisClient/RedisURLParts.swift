// The text of a URL behind its scheme, cut where its parts meet: login, hosts, path, query.

struct RedisURLParts {
  let login: RedisLogin?
  /// Hosts and ports as written.
  let authority: Substring
  /// From its first slash on.
  let rawPath: Substring
  /// What stands between the slashes of the path, empty parts left out.
  var path: [Substring] { rawPath.split(separator: "/") }
  let query: Substring
  /// Whether an @ stands where no login ends: then what was taken for hosts, path and options may be a password.
  var mayHoldPassword: Bool { rawPath.contains("@") || query.contains("@") }

  init(_ text: Substring) throws(RedisURLError) {
    // The last @ before the path counts, so that an unencoded @ in a password still works.
    let end = text.firstIndex { $0 == "/" || $0 == "?" } ?? text.endIndex
    var start = text.startIndex
    if let at = text[..<end].lastIndex(of: "@") {
      login = try Self.login(text[..<at])
      start = text.index(after: at)
    } else {
      login = nil
    }
    authority = text[start..<end]
    let mark = text[end...].firstIndex(of: "?") ?? text.endIndex
    rawPath = text[end..<mark]
    query = text[mark...].dropFirst()
  }

  private static func login(_ text: Substring) throws(RedisURLError) -> RedisLogin? {
    let words = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = try PercentEncoding.decoded(words[0], what: "user")
    guard words.count == 2, !words[1].isEmpty else {
      if user.isEmpty { return nil }
      throw RedisURLError("the URL names a user but no password; write user:password@host, or :password@host")
    }
    return RedisLogin(
      user: user.isEmpty ? nil : user, password: try PercentEncoding.decoded(words[1], what: "password"))
  }

  /// `port` is taken where none is written, this machine where no host is.
  func addresses(port: Int) throws(RedisURLError) -> [RedisAddress] {
    var addresses: [RedisAddress] = []
    for text in authority.split(separator: ",", omittingEmptySubsequences: false) {
      let address = try Self.address(text, port: port)
      if addresses.contains(address) { throw RedisURLError("one of the hosts is named twice") }
      addresses.append(address)
    }
    if addresses.count > 1, authority.split(separator: ",").count < addresses.count {
      throw RedisURLError("a comma in the list of hosts has no host on one side")
    }
    return addresses
  }

  private static func address(_ text: Substring, port: Int) throws(RedisURLError) -> RedisAddress {
    let (name, suffix) = try split(text)
    let host = name.isEmpty ? "127.0.0.1" : try PercentEncoding.decoded(name, what: "host")
    guard !suffix.isEmpty else { return .tcp(host: host, port: port) }
    guard let number = Int(suffix), (1...65_535).contains(number) else {
      throw RedisURLError("the port must be a number from 1 to 65535")
    }
    return .tcp(host: host, port: number)
  }

  private static func split(_ text: Substring) throws(RedisURLError) -> (host: Substring, port: Substring) {
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else {
        throw RedisURLError("the IPv6 address lacks its closing bracket; write redis://[::1]:6379")
      }
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else {
        throw RedisURLError("behind the ] of a host comes :PORT or nothing")
      }
      return (text[..<end].dropFirst(), rest.dropFirst())
    }
    guard let colon = text.lastIndex(of: ":") else { return (text, "") }
    guard !text[..<colon].contains(":") else {
      throw RedisURLError("an IPv6 address is written in brackets: redis://[::1]:6379")
    }
    return (text[..<colon], text[colon...].dropFirst())
  }
}

/// %XX escapes, https://www.rfc-editor.org/rfc/rfc3986#section-2.1.
enum PercentEncoding {
  static func decoded(_ text: Substring, what: String) throws(RedisURLError) -> String {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte != UInt8(ascii: "%") {
        bytes.append(byte)
        continue
      }
      guard let digits = String(rest.prefix(2)), digits.utf8.allSatisfy({ UInt8(ascii: "0") <= $0 }),
        digits.utf8.count == 2,
        let value = UInt8(digits, radix: 16)
      else { throw RedisURLError("the \(what) in the Redis URL has a % that does not begin a valid %XX escape") }
      bytes.append(value)
      rest = rest.dropFirst(2)
    }
    guard let plain = String(validating: bytes, as: UTF8.self) else {
      throw RedisURLError("the \(what) in the Redis URL is not valid UTF-8 once its %XX escapes are undone")
    }
    return plain
  }
}
