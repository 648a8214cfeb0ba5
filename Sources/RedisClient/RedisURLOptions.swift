// What follows the question mark of a Redis URL: each option is taken once, and none may be left over.

struct RedisURLOptions {
  private var values: [(name: String, value: Substring)] = []
  /// False where the names may be the rest of a password with a question mark in it.
  private let areNamesFit: Bool

  init(_ query: Substring) {
    areNamesFit = !query.contains("@")
    values = query.split(separator: "&").map { pair in
      let words = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      return (String(words[0]), words.count == 2 ? words[1] : "")
    }
  }

  /// The decoded value of an option, nil when it is not there.
  private mutating func take(_ name: String) throws(RedisURLError) -> String? {
    guard let index = values.firstIndex(where: { $0.name == name }) else { return nil }
    let value = try PercentEncoding.decoded(values.remove(at: index).value, what: "option \(name)")
    guard !value.isEmpty else { throw RedisURLError("the option \(name) of the Redis URL has no value") }
    return value
  }

  /// To be called when all that are known were taken.
  func end() throws(RedisURLError) {
    guard let name = values.first?.name else { return }
    if RedisTLSFiles.optionNames.contains(name) {
      throw RedisURLError("the option \(name) belongs to TLS; write rediss:// instead of redis://")
    }
    let option = areNamesFit ? "the option \(name)" : "an option"
    throw RedisURLError(
      "\(option) is unknown here, or there twice; db, sentinelUser, sentinelPassword, "
        + "\(RedisTLSFiles.optionNames.joined(separator: ", ")) are known where they make sense")
  }

  mutating func database() throws(RedisURLError) -> Int? {
    guard let text = try take("db") else { return nil }
    return try Self.database(text[...])
  }

  static func database(_ text: Substring) throws(RedisURLError) -> Int {
    guard let number = Int(text), number >= 0 else {
      throw RedisURLError("the database must be a number such as 0")
    }
    return number
  }

  mutating func sentinelLogin() throws(RedisURLError) -> RedisLogin? {
    let user = try take("sentinelUser")
    guard let password = try take("sentinelPassword") else {
      if user != nil { throw RedisURLError("sentinelUser needs sentinelPassword beside it") }
      return nil
    }
    return RedisLogin(user: user, password: password)
  }

  /// Nil when the scheme is not one of TLS.
  mutating func tls(_ secure: Bool) throws(RedisURLError) -> RedisTLS? {
    guard secure else { return nil }
    var files = RedisTLSFiles()
    files.authorities = try take("ca")
    files.certificate = try take("cert")
    files.key = try take("key")
    files.serverName = try take("servername")
    if let text = try take("verify") {
      guard let verification = RedisTLSFiles.Verification(rawValue: text) else {
        throw RedisURLError("verify must be full, ca or none")
      }
      files.verification = verification
    }
    guard (files.certificate == nil) == (files.key == nil) else {
      throw RedisURLError("the options cert and key go together; one of them is missing")
    }
    return try RedisTLS(files)
  }
}
