import RedisClient

extension RedisScript {
  /// Writes fields into the records of a batch of running executions.
  ///
  /// - Keys: the stream high (names the slot).
  /// - Arguments: the partition's prefix; then for each execution: token, epoch, number of fields, and so often name,
  ///   value.
  /// - Returns: for each 1, or 0 when the fence is somebody else's by now.
  static let checkpoint = sharing(
    name: "checkpoint",
    """
    local out = {}
    local i = 2
    while i <= #ARGV do
      local key, count = X .. ARGV[i], tonumber(ARGV[i + 2])
      local held = redis.call('HMGET', key, 'ep', 'st')
      local mine = held[1] == ARGV[i + 1] and held[2] == 'running'
      if mine then put_all(key, ARGV, i + 3, i + 2 + 2 * count) end
      out[#out + 1] = mine and 1 or 0
      i = i + 3 + 2 * count
    end
    return out
    """)

  /// Closes a callback that nobody has used, so that nobody can any more.
  ///
  /// - Keys: the record.
  /// - Arguments: the partition's prefix, token, epoch, callback.
  /// - Returns: 0 when the fence is somebody else's by now, 1 when it is closed now, or what came in time.
  static let closeCallback = sharing(
    name: "close-callback",
    """
    local key, callback = X .. ARGV[2], ARGV[4]
    local held = redis.call('HMGET', key, 'ep', 'st', 'cb:' .. callback, 'cv:' .. callback)
    if held[1] ~= ARGV[3] or held[2] ~= 'running' then return 0 end
    if held[4] then return field(load(key), 'cv:' .. callback) end
    redis.call('HSET', key, 'cb:' .. callback, 'closed')
    return 1
    """)
}
