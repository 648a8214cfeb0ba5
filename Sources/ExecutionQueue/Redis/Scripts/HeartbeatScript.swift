import RedisClient

extension RedisScript {
  /// Registers a worker or says that it lives on.
  ///
  /// - Keys: the workers; since when heartbeats have come without a gap.
  /// - Arguments: worker name, milliseconds until it counts as dead (0: it leaves), milliseconds without any heartbeat
  ///   that count as a gap.
  /// - Returns: 1.
  ///
  /// The second key tells an outage of Redis from the death of workers: after an outage every heartbeat has run out,
  /// and rescue waits until the living have had the time to beat again. It is never ahead of the clock, which may be set
  /// back.
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
        local since = math.min(tonumber(redis.call('GET', KEYS[2])) or now, now)
        redis.call('SET', KEYS[2], string.format('%.0f', since), 'PX', ARGV[3])
      end
      return 1
      """)
}
