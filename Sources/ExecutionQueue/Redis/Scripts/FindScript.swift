import RedisClient

extension RedisScript {
  /// Finds an execution that waits: whether its entry is in one of the streams, without its payload.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: entry, token.
  /// - Returns: the workflow's key, or nil.
  static let find = RedisScript(
    name: "find",
    source: """
      #!lua flags=no-writes
      for _, stream in ipairs(KEYS) do
        local found = redis.call('XRANGE', stream, ARGV[1], ARGV[1])
        local named = {}
        if found[1] then
          for i = 1, #found[1][2], 2 do named[found[1][2][i]] = found[1][2][i + 1] end
        end
        if named.t == ARGV[2] then return named.w end
      end
      return false
      """)
}
