import RedisClient

extension RedisScript {
  /// Writes fields into the records of a batch of running executions.
  ///
  /// - Keys: the stream high (names the slot).
  /// - Arguments: record prefix; then for each execution: token, epoch, number of fields, and so often name, value.
  /// - Returns: for each 1, or 0 when the fence is somebody else's by now.
  static let checkpoint = RedisScript(
    name: "checkpoint",
    source: """
      #!lua flags=allow-oom
      local prefix = ARGV[1]
      local out = {}
      local i = 2
      while i <= #ARGV do
        local key, count = prefix .. ARGV[i], tonumber(ARGV[i + 2])
        local mine = redis.call('HGET', key, 'ep') == ARGV[i + 1] and redis.call('HGET', key, 'st') == 'running'
        for field = i + 3, i + 1 + 2 * count, 2 do
          if mine then redis.call('HSET', key, ARGV[field], ARGV[field + 1]) end
        end
        out[#out + 1] = mine and 1 or 0
        i = i + 3 + 2 * count
      end
      return out
      """)
}
