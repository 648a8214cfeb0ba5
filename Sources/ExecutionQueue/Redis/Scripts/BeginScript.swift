import RedisClient

extension RedisScript {
  /// Takes the fence of a batch of deliveries.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: record prefix, group, consumer; then for each delivery: stream number, entry, token, workflow.
  /// - Returns: for each 0 when the entry is not this consumer's; 1 on the first run; `[epoch, [field, value, …]]` of
  ///   the record on a later one.
  ///
  /// The record is made here, not by admit: a webhook costs one stream entry until somebody runs it.
  static let begin = RedisScript(
    name: "begin",
    source: """
      #!lua flags=allow-oom
      local prefix, group, consumer = ARGV[1], ARGV[2], ARGV[3]
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      local out = {}
      for i = 4, #ARGV, 4 do
        local entry = ARGV[i + 1]
        if #redis.call('XPENDING', KEYS[tonumber(ARGV[i])], group, entry, entry, 1, consumer) == 0 then
          out[#out + 1] = 0
        else
          local key = prefix .. ARGV[i + 2]
          local epoch = redis.call('HINCRBY', key, 'ep', 1)
          if epoch == 1 then
            redis.call('HSET', key, 'st', 'running', 'wf', ARGV[i + 3], 'id', entry, 'at', now)
            out[#out + 1] = 1
          else
            redis.call('HSET', key, 'st', 'running')
            out[#out + 1] = {epoch, redis.call('HGETALL', key)}
          end
        end
      end
      return out
      """)
}
