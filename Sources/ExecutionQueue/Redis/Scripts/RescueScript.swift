import RedisClient

extension RedisScript {
  /// Claims what dead workers hold and what was handed back.
  ///
  /// - Keys: the streams high, normal, low; the workers; since when heartbeats have come without a gap.
  /// - Arguments: the partition's prefix, group, the claiming consumer, how many at most, the hand-back consumer, the
  ///   lifetime of a heartbeat in milliseconds, how many crashes make a dead letter, milliseconds to keep it, its message.
  /// - Returns: for each claimed entry `[stream number, entry, [field, value, …], crashes]`; crashes are -1 when it has
  ///   become a dead letter.
  ///
  /// A worker is dead when its heartbeat has run out or was never written, and heartbeats in general have come without
  /// a gap for a lifetime: when Redis was away, they have all run out, and the living beat again within that time. A
  /// dead worker's consumer is deleted only once it holds nothing (XGROUP DELCONSUMER would drop what is pending). A
  /// crash is counted for an execution that was running.
  static let rescue = sharing(
    name: "rescue",
    """
    local group, me, left, returned = ARGV[2], ARGV[3], tonumber(ARGV[4]), ARGV[5]
    local since = redis.call('GET', KEYS[5])
    local steady = since and now - tonumber(since) >= tonumber(ARGV[6])
    local function is_dead(name)
      if not steady then return false end
      local expires = tonumber(redis.call('ZSCORE', KEYS[4], name) or 0)
      -- Farther ahead than it can be: the clock was set back.
      if expires > now + tonumber(ARGV[6]) then redis.call('ZADD', KEYS[4], now + ARGV[6], name) end
      return expires <= now
    end
    local function crashed(stream, entry, fields)
      local token = field(fields, 't')
      if not token then return 0 end
      local key = X .. token
      local state = redis.pcall('HGET', key, 'st')
      if state ~= 'running' then return tonumber(type(state) == 'string' and redis.call('HGET', key, 'crashes') or 0) end
      local crashes = redis.call('HINCRBY', key, 'crashes', 1)
      redis.call('HSET', key, 'st', 'queued')
      if crashes < tonumber(ARGV[7]) then return crashes end
      redis.call('XACK', stream, group, entry)
      keep_payload(key, stream, entry)
      redis.call('XDEL', stream, entry)
      redis.call('HINCRBY', key, 'ep', 1)
      leave(token, redis.call('HGET', key, 'g') or '')
      finish(token, 'error', tonumber(ARGV[8]), {'msg', ARGV[9]}, 'crashes')
      return -1
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
                local crashes = 0
                if name == returned then
                  local token = field(entry[2], 't')
                  local known = token and redis.pcall('HGET', X .. token, 'crashes')
                  crashes = tonumber(type(known) == 'string' and known or 0)
                else
                  crashes = crashed(stream, entry[1], entry[2])
                end
                out[#out + 1] = {number, entry[1], entry[2], crashes}
              end
            elseif pending == 0 and name ~= returned then
              redis.call('XGROUP', 'DELCONSUMER', stream, group, name)
            end
          end
        end
      end
    end
    redis.call('ZREMRANGEBYSCORE', KEYS[4], '-inf', now - 3600000)
    conclude()
    return out
    """)

  /// Buries an entry that is no execution, or whose record is none. What is left of its record becomes the dead letter.
  ///
  /// - Keys: the stream of the entry.
  /// - Arguments: the partition's prefix, group, consumer, entry, a token for the dead letter, milliseconds to keep it,
  ///   its message.
  /// - Returns: 1, or 0 when the entry is somebody else's by now.
  static let bury = sharing(
    name: "bury",
    """
    local group, entry, token = ARGV[2], ARGV[4], ARGV[5]
    if #redis.call('XPENDING', KEYS[1], group, entry, entry, 1, ARGV[3]) == 0 then return 0 end
    local found = redis.call('XRANGE', KEYS[1], entry, entry)
    local fields = found[1] and found[1][2] or {}
    local own = field(fields, 't') or ''
    local held = redis.pcall('HMGET', X .. own, 'cur', 'g')
    if held[1] and string.sub(held[1], 3) == entry then
      token = own
      leave(token, held[2] or '')
    end
    local key = X .. token
    redis.call('HINCRBY', key, 'ep', 1)
    redis.call('HSETNX', key, 'id', entry)
    redis.call('HSETNX', key, 'wf', field(fields, 'w') or '')
    for i = 1, #fields, 2 do put(key, fields[i] == 'p' and 'in' or 'raw:' .. fields[i], fields[i + 1]) end
    redis.call('XACK', KEYS[1], group, entry)
    redis.call('XDEL', KEYS[1], entry)
    finish(token, 'error', tonumber(ARGV[6]), {'msg', ARGV[7]}, 'unreadable')
    conclude()
    return 1
    """)
}
