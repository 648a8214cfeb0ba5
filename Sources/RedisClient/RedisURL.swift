// Where Redis is and who we are there, as written in a setting: the first thing every program reads on a webhook's way.

/// One of these, or several of the first three separated by blanks, which are then independent shards:
///
/// - `redis://[user[:password]@]host[:port][/db]`
/// - `unix://[user:password@]/path[?db=N]`
/// - `redis+sentinel://[user:password@]host[:port],…/PRIMARY[/db][?sentinelUser=…&sentinelPassword=…]`
/// - `redis+cluster://[user:password@]host[:port],…`
///
/// `rediss` instead of `redis` is the same over TLS, with the options `ca`, `cert`, `key` (PEM files), `servername` and
/// `verify` (`full`, `ca` or `none`). All parts may be percent-encoded. A user without a password is refused, because
/// AUTH needs both; a password alone is written `redis://:secret@host`.
package struct RedisURL: Sendable, CustomStringConvertible {
  /// One for each shard.
  let places: [RedisPlace]

  /// Reads the files that it names, too.
  package init(_ text: String) throws(RedisURLError) {
    var places: [RedisPlace] = []
    for part in text.split(whereSeparator: \.isWhitespace) { places.append(try RedisPlace(url: part)) }
    guard !places.isEmpty else { throw .noScheme }
    try Self.check(shards: places)
    self.places = places
  }

  private static func check(shards: [RedisPlace]) throws(RedisURLError) {
    guard shards.count > 1 else { return }
    var seen: Set<String> = []
    for shard in shards {
      if case .cluster = shard.shape {
        throw RedisURLError("a cluster cannot be one of several shards; give its URL alone")
      }
      guard seen.insert("\(shard.address)/\(shard.database)").inserted else {
        throw RedisURLError("\(shard.address) is named twice; each shard must be a Redis of its own")
      }
    }
  }

  /// The addresses alone, fit for messages: no user, no password.
  package var address: String { places.map(\.address).joined(separator: " ") }

  /// The URL with its passwords masked.
  package var description: String { places.map(\.description).joined(separator: " ") }
}

/// What is wrong with a Redis URL. Never holds a password.
package struct RedisURLError: Error, Sendable, Hashable, CustomStringConvertible {
  package let description: String

  init(_ description: String) { self.description = description }

  static let noScheme = RedisURLError(
    "a Redis URL looks like redis://host:6379/0 or unix:///path/to/redis.sock; this one has no scheme")
}
