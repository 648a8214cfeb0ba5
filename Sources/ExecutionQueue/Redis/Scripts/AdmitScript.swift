import RedisClient

extension RedisScript {
  /// Keeps a batch of executions, one answer each.
  ///
  /// - Keys: the streams high, normal, low; the workers; what is parked; what is due.
  /// - Arguments: the partition's prefix, backlog limit; then for each execution: token, workflow, payload, particulars.
  ///   These are "" for one of normal priority without any, or in one text: stream number, inbox or `-`; name and
  ///   milliseconds of the deduplication, or `- 0`; name, microseconds between two and microseconds of the period of the
  ///   rate, or `- 0 0`.
  /// - Returns: for each the entry's id, or `DUP ENTRY TOKEN` of the first one, or `RATE MICROSECONDS` to wait, or
  ///   `FULL`, or `NOWORKER`.
  ///
  /// Refused as a whole, before it writes, when Redis is out of memory.
  static let admit = RedisScript(
    name: "admit",
    source: """
      local P = ARGV[1]
      \(admission)
      local function add(i, stream, inbox)
        if not inbox then
          return redis.call('XADD', KEYS[stream], '*', 't', ARGV[i], 'w', ARGV[i + 1], 'p', ARGV[i + 2])
        end
        return redis.call('XADD', KEYS[stream], '*', 't', ARGV[i], 'w', ARGV[i + 1], 'p', ARGV[i + 2], 'r', inbox)
      end
      local out = {}
      for i = 3, #ARGV, 4 do out[#out + 1] = admit(i, add) end
      return out
      """)

  /// Keeps executions that need a record from the start: because of their lanes or a payload of more than 64 KB, or
  /// because their id is known already.
  ///
  /// - Keys: as `admit`.
  /// - Arguments: as `admit`, and for each also: gates or "", limit of the workflow's lane or "", entry of its id or "",
  ///   time limit in milliseconds or "".
  /// - Returns: as `admit`; `DUP` also for one with an id that was given out before and has been here in the last day.
  static let admitRecord = sharing(
    name: "admit-record", flags: "",
    """
    \(admission)
    local function add(i, stream, inbox)
      local token, workflow, gates, most, id = ARGV[i], ARGV[i + 1], ARGV[i + 4], ARGV[i + 5], ARGV[i + 6]
      local key = X .. token
      if id == '' then id = now .. '-0' end
      -- What is known is newer, or as new: tend-lanes keeps it so.
      if most ~= '' then redis.call('HSETNX', P .. 'lanes', 'w:' .. workflow, most) end
      redis.call('HSET', key, 'st', 'waiting', 'wf', workflow, 'id', id, 'pr', stream, 'g', gates, 'sq', redis.call('INCR', P .. 'seq'))
      if ARGV[i + 7] ~= '' then redis.call('HSET', key, 'to', ARGV[i + 7]) end
      if inbox then redis.call('HSET', key, 'r', inbox) end
      put(key, 'in', ARGV[i + 2])
      enter(token)
      return id
    end
    local out = {}
    for i = 3, #ARGV, 8 do
      local id = ARGV[i + 6]
      local known = P .. 'once:#' .. ARGV[i]
      if id ~= '' and redis.call('EXISTS', known) == 1 then
        out[#out + 1] = 'DUP ' .. id .. ' ' .. ARGV[i]
      else
        out[#out + 1] = admit(i, add)
        if id == out[#out] then redis.call('SET', known, 1, 'PX', 86400000) end
      end
    end
    return out
    """)

  /// What both check before they add anything.
  private static let admission = """
    local room = tonumber(ARGV[2]) - redis.call('ZCARD', KEYS[5]) - redis.call('ZCARD', KEYS[6])
    for stream = 1, 3 do room = room - redis.call('XLEN', KEYS[stream]) end
    local alive, moment
    local function time()
      if moment == nil then
        local t = redis.call('TIME')
        moment = t[1] * 1000000 + t[2]
      end
      return moment
    end
    local function has_worker()
      if alive == nil then alive = redis.call('ZCOUNT', KEYS[4], math.floor(time() / 1000), '+inf') > 0 end
      return alive
    end
    local function admit_if(i, add)
      local stream, inbox, name, window, rate, interval, period =
        string.match(ARGV[i + 3], '^(%d) (%S+) (%S+) (%d+) (%S+) (%d+) (%d+)$')
      local once, last = P .. 'once:' .. name, nil
      if name ~= '-' then
        local first = redis.call('GET', once)
        if first then return 'DUP ' .. first end
      end
      if rate ~= '-' then
        rate, interval, period = P .. 'rate:' .. rate, tonumber(interval), tonumber(period)
        last = tonumber(redis.call('GET', rate) or 0)
        -- It can be farther ahead only when the clock was set back: then the rate is used up, and recovers from now on.
        if last > time() + period then
          last = time() + period
          redis.call('SET', rate, string.format('%.0f', last), 'PX', math.ceil((last - time()) / 1000))
        end
        last = math.max(last, time()) + interval
        if last - time() > period then return 'RATE ' .. string.format('%.0f', last - time() - period) end
      end
      if room <= 0 then return 'FULL' end
      if inbox ~= '-' and not has_worker() then return 'NOWORKER' end
      room = room - 1
      local id = add(i, tonumber(stream), inbox ~= '-' and inbox or nil)
      if name ~= '-' then redis.call('SET', once, id .. ' ' .. ARGV[i], 'PX', window) end
      if last then redis.call('SET', rate, string.format('%.0f', last), 'PX', math.ceil((last - time()) / 1000)) end
      return id
    end
    local function admit(i, add)
      if ARGV[i + 3] ~= '' then return admit_if(i, add) end
      if room <= 0 then return 'FULL' end
      room = room - 1
      return add(i, 2)
    end
    """
}
