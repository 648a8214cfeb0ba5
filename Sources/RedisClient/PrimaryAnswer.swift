// What one of several primaries has answered to a question that all were asked.

package struct PrimaryAnswer: Sendable {
  package let address: String
  /// Whether the key in question lives there.
  package let isHome: Bool
  /// A failure when it is away, too.
  package let result: Result<RedisValue, RedisError>
}
