import RedisClient

extension RedisScript {
  /// Gives a delivery to the consumer that every rescue empties first. No attempt and no crash is counted.
  ///
  /// - Keys: the stream of the entry; the record.
  /// - Arguments: group, consumer, entry, epoch (0 when it had not begun), the consumer that takes what is handed back.
  /// - Returns: 1, or 0 when the delivery is somebody else's by now.
  static let handBack = RedisScript(
    name: "hand-back",
    source: """
      #!lua flags=allow-oom
      local group, entry = ARGV[1], ARGV[3]
      if #redis.call('XPENDING', KEYS[1], group, entry, entry, 1, ARGV[2]) == 0 then return 0 end
      if ARGV[4] ~= '0' then
        if redis.call('HGET', KEYS[2], 'ep') ~= ARGV[4] then return 0 end
        redis.call('HINCRBY', KEYS[2], 'ep', 1)
        redis.call('HSET', KEYS[2], 'st', 'queued')
      end
      redis.call('XCLAIM', KEYS[1], group, ARGV[5], 0, entry, 'JUSTID')
      return 1
      """)
}
