import RedisClient

extension RedisScript {
  /// Claims what dead workers hold and what was handed back.
  ///
  /// - Keys: the streams high, normal, low; the workers; since when heartbeats have come without a gap.
  /// - Arguments: record prefix, group, the claiming consumer, how many at most, the hand-back consumer, the lifetime of
  ///   a heartbeat in milliseconds.
  /// - Returns: for each claimed entry `[stream number, entry, [field, value, …]]`.
  ///
  /// A worker is dead when its heartbeat has run out or was never written, and heartbeats in general have come without
  /// a gap for a lifetime: when Redis was away, they have all run out, and the living beat again within that time. A
  /// dead worker's consumer is deleted only once it holds nothing (XGROUP DELCONSUMER would drop what is pending). A
  /// crash is counted for an execution that was running.
  static let rescue = RedisScript(
    name: "rescue",
    source: """
      #!lua flags=allow-oom
      local prefix, group, me, left, returned = ARGV[1], ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
      local t = redis.call('TIME')
      local now = t[1] * 1000 + math.floor(t[2] / 1000)
      local since = redis.call('GET', KEYS[5])
      local steady = since and now - tonumber(since) >= tonumber(ARGV[6])
      local function is_dead(name)
        if not steady then return false end
        local expires = redis.call('ZSCORE', KEYS[4], name)
        return not expires or tonumber(expires) <= now
      end
      local out = {}
      for number = 1, 3 do
        local stream = KEYS[number]
        if redis.call('EXISTS', stream) == 1 then
          for _, consumer in ipairs(redis.call('XINFO', 'CONSUMERS', stream, group)) do
            local name, pending = consumer[2], consumer[4]
            if name ~= me and (name == returned or is_dead(name)) then
              if pending > 0 and left > 0 then
                local ids = {}
                for _, row in ipairs(redis.call('XPENDING', stream, group, '-', '+', left, name)) do ids[#ids + 1] = row[1] end
                left = left - #ids
                for _, entry in ipairs(redis.call('XCLAIM', stream, group, me, 0, unpack(ids))) do
                  if name ~= returned then
                    for f = 1, #entry[2], 2 do
                      if entry[2][f] == 't' then
                        local key = prefix .. entry[2][f + 1]
                        if redis.call('HGET', key, 'st') == 'running' then redis.call('HINCRBY', key, 'crashes', 1) end
                      end
                    end
                  end
                  out[#out + 1] = {number, entry[1], entry[2]}
                end
              elseif pending == 0 and name ~= returned then
                redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
              end
            end
          end
        end
      end
      redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - 3600000)
      return out
      """)
}
