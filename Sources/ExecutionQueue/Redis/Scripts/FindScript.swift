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

  /// Reads records whole, what lies in keys of its own included.
  ///
  /// - Keys: the stream high (names the slot).
  /// - Arguments: the partition's prefix; then tokens.
  /// - Returns: for each `[field, value, …]`.
  static let records = sharing(
    name: "records", flags: "no-writes",
    """
    local out = {}
    for i = 2, #ARGV do out[#out + 1] = load(X .. ARGV[i]) end
    return out
    """)
}
