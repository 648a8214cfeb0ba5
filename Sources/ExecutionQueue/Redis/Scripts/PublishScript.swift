import RedisClient

extension RedisScript {
  /// Stores a set of workflow definitions, all or none.
  ///
  /// - Keys: revision, heads; then for each definition its hash of versions.
  /// - Arguments: the revision that the caller checked against; then for each: key, enabled (1 or 0), definition.
  /// - Returns: `STALE`, or for each `[version, changed (1 or 0)]`.
  static let publish = RedisScript(
    name: "publish",
    source: """
      #!lua
      if (redis.call('GET', KEYS[1]) or '0') ~= ARGV[1] then return 'STALE' end
      local out, changes = {}, 0
      for i = 2, #ARGV, 3 do
        local versions = KEYS[3 + (i - 2) / 3]
        local head = redis.call('HGET', KEYS[2], ARGV[i])
        local current = head and tonumber(string.match(head, '^%d+')) or 0
        if head and redis.call('HGET', versions, tostring(current)) == ARGV[i + 2] then
          out[#out + 1] = {current, 0}
        else
          local version = current + 1
          redis.call('HSET', versions, tostring(version), ARGV[i + 2])
          redis.call('HSET', KEYS[2], ARGV[i], version .. ':' .. ARGV[i + 1])
          out[#out + 1] = {version, 1}
          changes = changes + 1
        end
      end
      if changes > 0 then redis.call('INCR', KEYS[1]) end
      return out
      """)

  /// Switches a workflow on or off.
  ///
  /// - Keys: revision, heads.
  /// - Arguments: workflow key, enabled (1 or 0).
  /// - Returns: 1, or 0 when there is no such workflow.
  static let setEnabled = RedisScript(
    name: "set-enabled",
    source: """
      #!lua
      local head = redis.call('HGET', KEYS[2], ARGV[1])
      if not head then return 0 end
      local version = string.match(head, '^%d+')
      if head ~= version .. ':' .. ARGV[2] then
        redis.call('HSET', KEYS[2], ARGV[1], version .. ':' .. ARGV[2])
        redis.call('INCR', KEYS[1])
      end
      return 1
      """)

  /// Every workflow's current version.
  ///
  /// - Keys: revision, heads.
  /// - Returns: `[revision, [key, head, …]]`, read at one moment.
  static let heads = RedisScript(
    name: "heads",
    source: """
      #!lua flags=no-writes
      return {redis.call('GET', KEYS[1]) or '0', redis.call('HGETALL', KEYS[2])}
      """)
}
