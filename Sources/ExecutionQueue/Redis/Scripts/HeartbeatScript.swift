import RedisClient

extension RedisScript {
  /// Registers a worker or says that it lives on.
  ///
  /// - Keys: the workers.
  /// - Arguments: worker name, milliseconds until it counts as dead (0: it leaves).
  /// - Returns: 1.
  ///
  /// Allowed when Redis is out of memory: otherwise every worker would seem dead just when they must drain.
  static let heartbeat = RedisScript(
    name: "heartbeat",
    source: """
      #!lua flags=allow-oom
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      if ARGV[2] == '0' then
        redis.call('ZREM', KEYS[1], ARGV[1])
      else
        redis.call('ZADD', KEYS[1], now + tonumber(ARGV[2]), ARGV[1])
      end
      return 1
      """)
}
