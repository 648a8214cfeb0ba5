import RedisClient

extension RedisScript {
  /// Finds what this consumer was given in an answer that never arrived.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: the partition's prefix, group, consumer, how many at most; then the entries that the worker knows of, as
  ///   `NUMBER:ENTRY`.
  /// - Returns: for each entry it does not know of `[stream number, entry, [field, value, …], crashes]`.
  static let missed = RedisScript(
    name: "missed",
    source: """
      #!lua flags=allow-oom
      local group, me, left = ARGV[2], ARGV[3], tonumber(ARGV[4])
      local known = {}
      for i = 5, #ARGV do known[ARGV[i]] = true end
      local out = {}
      for number = 1, 3 do
        local stream = KEYS[number]
        if left > 0 and redis.call('EXISTS', stream) == 1 then
          for _, row in ipairs(redis.call('XPENDING', stream, group, '-', '+', left + #ARGV, me)) do
            if left > 0 and not known[number .. ':' .. row[1]] then
              local found = redis.call('XRANGE', stream, row[1], row[1])
              if #found == 0 then
                redis.call('XACK', stream, group, row[1])
              else
                local fields, crashes = found[1][2], nil
                for at = 1, #fields, 2 do
                  if fields[at] == 't' then crashes = redis.pcall('HGET', ARGV[1] .. 'x:' .. fields[at + 1], 'crashes') end
                end
                out[#out + 1] = {number, row[1], fields, tonumber(type(crashes) == 'string' and crashes or 0)}
                left = left - 1
              end
            end
          end
        end
      end
      return out
      """)
}
