// Reads one Redis URL into the place it names.

extension RedisPlace {
  init(url text: Substring) throws(RedisURLError) {
    guard let mark = text.firstRange(of: "://") else { throw .noScheme }
    let scheme = text[..<mark.lowerBound].lowercased()
    // What stands in front may be a user and the beginning of a password.
    guard scheme.allSatisfy({ $0.isLetter || $0 == "+" }) else { throw .noScheme }
    let parts = try RedisURLParts(text[mark.upperBound...])
    do throws(RedisURLError) {
      try self.init(parts, of: scheme)
    } catch {
      throw parts.mayHoldPassword ? RedisURLError("\(error.description); \(Self.escapes)") : error
    }
  }

  private static let escapes = "a / or ? in a user's name or a password is written %2F or %3F"

  /// Messages quote nothing of the parts: with a stray / each of them may hold the rest of a password.
  private init(_ parts: RedisURLParts, of scheme: String) throws(RedisURLError) {
    guard parts.authority.isEmpty || !parts.rawPath.contains("@") else {
      throw RedisURLError("an @ stands behind the host of the Redis URL")
    }
    switch scheme {
    case "redis", "rediss": try self.init(server: parts, secure: scheme == "rediss")
    case "unix", "redis+unix", "redis+socket": try self.init(socket: parts)
    case "redis+sentinel", "rediss+sentinel": try self.init(sentinels: parts, secure: scheme.hasPrefix("rediss"))
    case "redis+cluster", "rediss+cluster": try self.init(cluster: parts, secure: scheme.hasPrefix("rediss"))
    default:
      throw RedisURLError(
        "the scheme \(scheme):// is not supported; redis://, rediss://, unix://, redis+sentinel://, rediss+sentinel://, "
          + "redis+cluster:// and rediss+cluster:// are")
    }
  }

  private init(server parts: RedisURLParts, secure: Bool) throws(RedisURLError) {
    let addresses = try parts.addresses(port: 6379)
    guard addresses.count == 1 else {
      throw RedisURLError(
        "redis:// takes one host; several are written redis+sentinel://h1,h2/PRIMARY or redis+cluster://h1,h2, and "
          + "shards as URLs separated by blanks")
    }
    var options = RedisURLOptions(parts.query)
    let named = try options.database()
    guard parts.path.count <= 1 else { throw Self.strayPath }
    let database = try parts.path.first.map { text throws(RedisURLError) in try RedisURLOptions.database(text) }
    self.init(
      shape: .server(addresses[0]), login: parts.login, database: database ?? named ?? 0, tls: try options.tls(secure))
    try options.end()
  }

  private init(socket parts: RedisURLParts) throws(RedisURLError) {
    guard parts.authority.isEmpty, !parts.path.isEmpty else {
      throw RedisURLError("a unix:// URL needs the absolute path of the socket, as in unix:///run/redis/redis.sock")
    }
    let path = try PercentEncoding.decoded(parts.rawPath, what: "path")
    guard path.utf8.count < 108 else {
      throw RedisURLError("the socket path has \(path.utf8.count) bytes; the system takes 107 at most")
    }
    var options = RedisURLOptions(parts.query)
    self.init(shape: .server(.unix(path: path)), login: parts.login, database: try options.database() ?? 0)
    try options.end()
  }

  private init(sentinels parts: RedisURLParts, secure: Bool) throws(RedisURLError) {
    let sentinels = try parts.addresses(port: 26_379)
    guard (1...2).contains(parts.path.count) else {
      throw RedisURLError(
        "a redis+sentinel:// URL needs the name under which the sentinels know the primary, as in "
          + "redis+sentinel://h1:26379,h2:26379/mymaster")
    }
    let primary = try PercentEncoding.decoded(parts.path[0], what: "name of the primary")
    var options = RedisURLOptions(parts.query)
    let named = try options.database()
    let database = try parts.path.dropFirst().first.map { text throws(RedisURLError) in
      try RedisURLOptions.database(text)
    }
    self.init(
      shape: .sentinels(sentinels, primary: primary), login: parts.login, sentinelLogin: try options.sentinelLogin(),
      database: database ?? named ?? 0, tls: try options.tls(secure))
    try options.end()
  }

  private init(cluster parts: RedisURLParts, secure: Bool) throws(RedisURLError) {
    let nodes = try parts.addresses(port: 6379)
    var options = RedisURLOptions(parts.query)
    guard parts.path.isEmpty || parts.path == ["0"] else {
      throw RedisURLError("a cluster has database 0 only; write redis+cluster://h1:7000,h2:7000")
    }
    self.init(shape: .cluster(nodes), login: parts.login, tls: try options.tls(secure))
    try options.end()
  }

  private static var strayPath: RedisURLError {
    RedisURLError("behind the host of a redis:// URL comes the database's number at most")
  }
}
