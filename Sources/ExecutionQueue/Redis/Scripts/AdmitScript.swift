import RedisClient

extension RedisScript {
  /// Keeps a batch of executions, one answer each.
  ///
  /// - Keys: the streams high, normal, low; the workers.
  /// - Arguments: backlog limit, prefixes of the deduplication and the rate keys; then for each execution: stream number,
  ///   token, workflow, inbox or "", payload, conditions. These are "", or in one text: name and milliseconds of the
  ///   deduplication, name, microseconds between two and microseconds of the period of the rate; `- 0` and `- 0 0` stand
  ///   for none.
  /// - Returns: for each the entry's id, or `DUP ENTRY TOKEN` of the first one, or `RATE MICROSECONDS` to wait, or
  ///   `FULL`, or `NOWORKER`.
  ///
  /// Refused as a whole, before it writes, when Redis is out of memory.
  static let admit = RedisScript(
    name: "admit",
    source: """
      local room = tonumber(ARGV[1])
      for stream = 1, 3 do room = room - redis.call('XLEN', KEYS[stream]) end
      local alive, now
      local function time()
        if now == nil then
          local t = redis.call('TIME')
          now = t[1] * 1000000 + t[2]
        end
        return now
      end
      local function worker_alive()
        if alive == nil then alive = redis.call('ZCOUNT', KEYS[4], math.floor(time() / 1000), '+inf') > 0 end
        return alive
      end
      local function add(i)
        if room <= 0 then return 'FULL' end
        local inbox = ARGV[i + 3]
        if inbox ~= '' and not worker_alive() then return 'NOWORKER' end
        room = room - 1
        if inbox == '' then
          return redis.call('XADD', KEYS[tonumber(ARGV[i])], '*', 't', ARGV[i + 1], 'w', ARGV[i + 2], 'p', ARGV[i + 4]), true
        end
        return redis.call('XADD', KEYS[tonumber(ARGV[i])], '*', 't', ARGV[i + 1], 'w', ARGV[i + 2], 'p', ARGV[i + 4], 'r', inbox), true
      end
      local function add_if(i)
        local name, window, rate, interval, period = string.match(ARGV[i + 5], '^(%S+) (%d+) (%S+) (%d+) (%d+)$')
        local once, last = ARGV[2] .. name, nil
        if name ~= '-' then
          local first = redis.call('GET', once)
          if first then return 'DUP ' .. first end
        end
        if rate ~= '-' then
          rate, interval, period = ARGV[3] .. rate, tonumber(interval), tonumber(period)
          last = math.max(tonumber(redis.call('GET', rate) or 0), time()) + interval
          if last - time() > period then return 'RATE ' .. string.format('%.0f', last - time() - period) end
        end
        local answer, added = add(i)
        if added and name ~= '-' then redis.call('SET', once, answer .. ' ' .. ARGV[i + 1], 'PX', window) end
        if added and last then
          redis.call('SET', rate, string.format('%.0f', last), 'PX', math.ceil((last - time()) / 1000))
        end
        return answer
      end
      local out = {}
      for i = 4, #ARGV, 6 do out[#out + 1] = ARGV[i + 5] == '' and (add(i)) or ARGV[i + 5] ~= '' and add_if(i) end
      return out
      """)
}
