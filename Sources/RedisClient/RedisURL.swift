// Where Redis is and who we are there, as written in a setting: the first thing every program reads on a webhook's way.

/// `redis://[user[:password]@]host[:port][/db]`, or `unix://[user:password@]/path[?db=N]`.
///
/// User and password may be percent-encoded. A user without a password is refused, because AUTH needs both; a password
/// alone is written `redis://:secret@host`.
package struct RedisURL: Sendable, Hashable, CustomStringConvertible {
  package enum Endpoint: Sendable, Hashable {
    case tcp(host: String, port: Int)
    case unix(path: String)
  }

  package let endpoint: Endpoint
  package let user: String?
  package let password: String?
  package let database: Int

  package init(_ text: String) throws(RedisURLError) {
    guard let mark = text.firstRange(of: "://") else {
      throw RedisURLError(
        "a Redis URL looks like redis://host:6379/0 or unix:///path/to/redis.sock; this one has no scheme")
    }
    let scheme = text[..<mark.lowerBound].lowercased()
    let rest = text[mark.upperBound...]
    switch scheme {
    case "redis": self = try Self.tcp(rest)
    case "unix", "redis+unix", "redis+socket": self = try Self.unix(rest)
    default:
      throw RedisURLError(
        "the scheme \(scheme):// is not supported by this version; it supports redis:// and unix://"
          + (scheme == "rediss" ? " (for TLS put a local TLS proxy such as stunnel in between)" : ""))
    }
  }

  private init(endpoint: Endpoint, credentials: (user: String?, password: String?), database: Int) {
    self.endpoint = endpoint
    user = credentials.user
    password = credentials.password
    self.database = database
  }

  /// The address alone, fit for messages: no user, no password.
  package var address: String {
    switch endpoint {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }

  /// The URL with its password masked.
  package var description: String {
    let credentials = password == nil ? "" : "\(user ?? ""):***@"
    switch endpoint {
    case .tcp: return "redis://\(credentials)\(address)/\(database)"
    case .unix: return "unix://\(credentials)\(address)" + (database == 0 ? "" : "?db=\(database)")
    }
  }

  // MARK: Parts

  private static func tcp(_ text: Substring) throws(RedisURLError) -> RedisURL {
    var (credentials, rest) = try split(text)
    var database = 0
    if let mark = rest.firstIndex(of: "?") {
      database = try self.database(query: rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    if let slash = rest.firstIndex(of: "/") {
      let path = rest[rest.index(after: slash)...]
      if !path.isEmpty { database = try self.database(path) }
      rest = rest[..<slash]
    }
    let (host, port) = try hostAndPort(rest)
    return RedisURL(endpoint: .tcp(host: host, port: port), credentials: credentials, database: database)
  }

  private static func unix(_ text: Substring) throws(RedisURLError) -> RedisURL {
    var (credentials, rest) = try split(text)
    var database = 0
    if let mark = rest.firstIndex(of: "?") {
      database = try self.database(query: rest[rest.index(after: mark)...])
      rest = rest[..<mark]
    }
    guard rest.hasPrefix("/"), rest.count > 1 else {
      throw RedisURLError("a unix:// URL needs the absolute path of the socket, as in unix:///run/redis/redis.sock")
    }
    let path = try decoded(rest, what: "path")
    guard path.utf8.count < 108 else {
      throw RedisURLError("the socket path has \(path.utf8.count) bytes; the system takes 107 at most")
    }
    return RedisURL(endpoint: .unix(path: path), credentials: credentials, database: database)
  }

  /// Splits off `user:password@`. The last @ before the path counts, so that an unencoded @ in a password still works.
  private static func split(
    _ text: Substring
  ) throws(RedisURLError) -> (credentials: (user: String?, password: String?), rest: Substring) {
    let authority = text.prefix { $0 != "/" && $0 != "?" }
    guard let at = authority.lastIndex(of: "@") else { return ((nil, nil), text) }
    let rest = text[text.index(after: at)...]
    let words = authority[..<at].split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
    let user = try decoded(words[0], what: "user")
    guard words.count == 2, !words[1].isEmpty else {
      if user.isEmpty { return ((nil, nil), rest) }
      throw RedisURLError("the URL names a user but no password; write user:password@host, or :password@host")
    }
    return ((user.isEmpty ? nil : user, try decoded(words[1], what: "password")), rest)
  }

  private static func hostAndPort(_ text: Substring) throws(RedisURLError) -> (host: String, port: Int) {
    var host = text
    var port: Substring?
    if text.hasPrefix("[") {
      guard let end = text.firstIndex(of: "]") else {
        throw RedisURLError("the IPv6 address lacks its closing bracket; write redis://[::1]:6379")
      }
      host = text[text.index(after: text.startIndex)..<end]
      let rest = text[text.index(after: end)...]
      guard rest.isEmpty || rest.hasPrefix(":") else { throw RedisURLError("unexpected text after ]: \(rest)") }
      port = rest.isEmpty ? nil : rest.dropFirst()
    } else if let colon = text.lastIndex(of: ":") {
      host = text[..<colon]
      port = text[text.index(after: colon)...]
      guard !host.contains(":") else {
        throw RedisURLError("an IPv6 address is written in brackets: redis://[::1]:6379")
      }
    }
    guard let port, !port.isEmpty else { return (host.isEmpty ? "127.0.0.1" : try decoded(host, what: "host"), 6379) }
    guard let number = Int(port), (1...65_535).contains(number) else {
      throw RedisURLError("the port must be a number from 1 to 65535, not \(port)")
    }
    return (host.isEmpty ? "127.0.0.1" : try decoded(host, what: "host"), number)
  }

  private static func database(query: Substring) throws(RedisURLError) -> Int {
    var result = 0
    for pair in query.split(separator: "&") {
      guard pair.hasPrefix("db=") else {
        throw RedisURLError("unknown option \(pair.prefix { $0 != "=" }) in the Redis URL; only db=N is known")
      }
      result = try database(pair.dropFirst(3))
    }
    return result
  }

  private static func database(_ text: Substring) throws(RedisURLError) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw RedisURLError("the database must be a number such as 0, not \(text)")
    }
    return number
  }

  private static func decoded(_ text: Substring, what: String) throws(RedisURLError) -> String {
    guard text.contains("%") else { return String(text) }
    var bytes: [UInt8] = []
    var rest = text.utf8[...]
    while let byte = rest.popFirst() {
      if byte != UInt8(ascii: "%") {
        bytes.append(byte)
        continue
      }
      guard let digits = String(rest.prefix(2)), digits.utf8.count == 2, !digits.hasPrefix("+"),
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

/// What is wrong with a Redis URL. Never holds the password.
package struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }
}
