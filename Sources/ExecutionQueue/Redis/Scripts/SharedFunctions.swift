// What several scripts have in common, in Lua: the clock, large values in keys of their own, lanes, the end of an
// execution. A script that uses it takes the partition's prefix as its first argument.

import RedisClient

extension RedisScript {
  /// `flags` as in a script's first line; those that only release memory work when Redis is full.
  static func sharing(name: String, flags: String = "allow-oom", _ body: String) -> RedisScript {
    let head = flags.isEmpty ? "#!lua" : "#!lua flags=\(flags)"
    return RedisScript(name: name, source: [head, sharedFunctions, body].joined(separator: "\n"))
  }

  /// Lanes: an execution passes its gates (field `g`) from left to right, `gi` being the next one.
  ///
  /// - `o:…` and `w:…` are lanes: the first lets one execution in, the second as many as the hash `lanes` says. Who finds
  ///   no room is parked, in the order of `sq`; who leaves lets the first one in. The place belongs to the execution,
  ///   not to a worker, so a crash leaks nothing.
  /// - `t:NAME:MICROSECONDS` spaces starts evenly; who is early waits in `due`. `td` says that it has been passed.
  ///
  /// Behind the last gate the execution is added to its stream.
  private static let sharedFunctions = """
    local P = ARGV[1]
    local X = P .. 'x:'
    local streams = {P .. 'q:high', P .. 'q:normal', P .. 'q:low'}
    local clock = redis.call('TIME')
    local now_us = clock[1] * 1000000 + clock[2]
    local now = math.floor(now_us / 1000)
    local final = {succeeded = true, failed = true, error = true, timedOut = true, canceled = true}

    local function put(key, name, value)
      if value == '' then redis.call('DEL', key .. ':' .. name) end
      if #value <= 65536 then return redis.call('HSET', key, name, value) end
      redis.call('SET', key .. ':' .. name, value)
      local large = redis.call('HGET', key, 'big') or ''
      if not string.find('\\n' .. large .. '\\n', '\\n' .. name .. '\\n', 1, true) then
        redis.call('HSET', key, 'big', large == '' and name or large .. '\\n' .. name)
      end
      redis.call('HSET', key, name, '')
      return true
    end

    -- Name and value in turn, from list[first] to list[last]: one call for all that lie in the record itself. True when
    -- some do not. Lua's stack has room for a few thousand.
    local function put_all(key, list, first, last)
      local plain, has_large = {}, false
      local function flush()
        if #plain > 0 then redis.call('HSET', key, unpack(plain)) end
        plain = {}
      end
      for at = first, last, 2 do
        local name, value = list[at], list[at + 1]
        if value == '' or #value > 65536 then
          flush()
          has_large = put(key, name, value) == true or has_large
        else
          if #plain >= 2000 then flush() end
          plain[#plain + 1] = name
          plain[#plain + 1] = value
        end
      end
      flush()
      return has_large
    end

    local function each_key(key, work)
      for name in string.gmatch(redis.call('HGET', key, 'big') or '', '[^\\n]+') do work(key .. ':' .. name) end
      work(key)
    end

    local function load(key)
      local fields, large = redis.call('HGETALL', key), nil
      for i = 1, #fields, 2 do
        if fields[i] == 'big' then large = '\\n' .. fields[i + 1] .. '\\n' end
      end
      for i = 1, large and #fields or 0, 2 do
        if fields[i + 1] == '' and string.find(large, '\\n' .. fields[i] .. '\\n', 1, true) then
          fields[i + 1] = redis.call('GET', key .. ':' .. fields[i]) or ''
        end
      end
      return fields
    end

    local function field(fields, name)
      for i = 1, #fields, 2 do
        if fields[i] == name then return fields[i + 1] end
      end
    end

    local function payload(stream, entry)
      local found = redis.call('XRANGE', stream, entry, entry)
      return found[1] and field(found[1][2], 'p')
    end

    local function keep_payload(key, stream, entry)
      local bytes = payload(stream, entry)
      if bytes then put(key, 'in', bytes) end
    end

    local function reserve(name, interval)
      local key = P .. 'rate:' .. name
      local start = math.max(tonumber(redis.call('GET', key) or 0) + interval, now_us)
      redis.call('SET', key, string.format('%.0f', start), 'PX', math.ceil((start - now_us + interval) / 1000))
      return start
    end

    local enter
    local function lane(gate) return P .. 'lane:' .. gate .. ':held', P .. 'lane:' .. gate .. ':parked' end

    local function limit(gate)
      if string.sub(gate, 1, 1) == 'o' then return 1 end
      return tonumber(redis.call('HGET', P .. 'lanes', gate) or '') or math.huge
    end

    local function fill(gate)
      local held, parked = lane(gate)
      local most = limit(gate)
      for _ = 1, 100 do
        if redis.call('SCARD', held) >= most then return end
        local first = redis.call('ZPOPMIN', parked)[1]
        if not first then return end
        redis.call('ZREM', P .. 'parked', first)
        redis.call('ZREM', P .. 'patience', first)
        if redis.call('HGET', X .. first, 'st') == 'waiting' then
          redis.call('SADD', held, first)
          redis.call('HINCRBY', X .. first, 'gi', 1)
          enter(first)
        end
      end
    end

    function enter(token)
      local key = X .. token
      local r = redis.call('HMGET', key, 'g', 'gi', 'sq', 'pr', 'r', 'id', 'wf', 'crashes', 'td', 'cur', 'to', 'again')
      if not r[7] then return end
      -- When its time is over, however long it would still wait here.
      local over = r[11] and tonumber(r[12] or string.match(r[6], '^%d+')) + tonumber(r[11])
      local gates, at = {}, tonumber(r[2] or '') or 1
      for gate in string.gmatch(r[1] or '', '%S+') do gates[#gates + 1] = gate end
      while at <= #gates do
        local gate = gates[at]
        if string.sub(gate, 1, 1) == 't' then
          at = at + 1
          if not r[9] then
            local name, interval = string.match(gate, '^(.+):(%d+)$')
            local start = reserve(name, tonumber(interval))
            redis.call('HSET', key, 'td', 1)
            if start > now_us then
              redis.call('HSET', key, 'gi', at, 'st', 'waiting')
              redis.call('ZADD', P .. 'due', math.min(math.ceil(start / 1000), over or math.huge), token)
              return
            end
          end
        else
          local held, parked = lane(gate)
          if redis.call('SISMEMBER', held, token) == 0 then
            if redis.call('EXISTS', parked) == 1 or redis.call('SCARD', held) >= limit(gate) then
              redis.call('HSET', key, 'gi', at, 'st', 'waiting')
              redis.call('ZADD', parked, r[3], token)
              redis.call('ZADD', P .. 'parked', r[3], token)
              if over then redis.call('ZADD', P .. 'patience', over, token) end
              return fill(gate)
            end
            redis.call('SADD', held, token)
          end
          at = at + 1
        end
      end
      local number = tonumber(r[4] or string.sub(r[10] or '', 1, 1)) or 2
      local entry = {'t', token, 'w', r[7], 'o', r[6]}
      if r[5] then entry[7], entry[8] = 'r', r[5] end
      if tonumber(r[8] or '0') >= 2 then entry[#entry + 1], entry[#entry + 2] = 'c', r[8] end
      local id = redis.call('XADD', streams[number], '*', unpack(entry))
      redis.call('HSET', key, 'gi', at, 'st', 'queued', 'cur', number .. ':' .. id)
    end

    local function leave(token, gates, keeps_order)
      local freed = {}
      for gate in string.gmatch(gates or '', '%S+') do
        local kind = string.sub(gate, 1, 1)
        if kind == 'w' or kind == 'o' and not keeps_order then
          local held, parked = lane(gate)
          if redis.call('SREM', held, token) == 1 then
            freed[#freed + 1] = gate
          elseif redis.call('ZREM', parked, token) == 1 then
            redis.call('ZREM', P .. 'parked', token)
            redis.call('ZREM', P .. 'patience', token)
          end
        end
      end
      -- Only now, or it might be let in itself.
      for _, gate in ipairs(freed) do fill(gate) end
    end

    local ended, histories = {}, {}
    local function count(workflow, state)
      local kind = workflow .. ' ' .. state
      ended[kind] = (ended[kind] or 0) + 1
    end

    -- With `fields`, name and value in turn. `known` spares a look: the workflow, the entry of the id, names of large
    -- values. `dead` says why it is a dead letter.
    local function finish(token, state, keep, fields, dead, known)
      local key = X .. token
      known = known or redis.call('HMGET', key, 'wf', 'id', 'big')
      local workflow, mention = known[1] or '', (known[2] or '0-0') .. '-' .. token
      count(workflow, state)
      if keep == 0 and not known[3] then return redis.call('DEL', key) end
      if keep == 0 then return each_key(key, function(name) redis.call('DEL', name) end) end
      for _, text in ipairs({'st', state, 'fin', string.format('%.0f', now)}) do fields[#fields + 1] = text end
      if dead then fields[#fields + 1], fields[#fields + 2] = 'dead', dead end
      if put_all(key, fields, 1, #fields) or known[3] then
        each_key(key, function(name) redis.call('PEXPIRE', name, keep) end)
      else
        redis.call('PEXPIRE', key, keep)
      end
      local name = P .. 'h:' .. workflow .. ':' .. state
      local history = histories[name] or {keep = 0}
      histories[name], history.keep = history, math.max(history.keep, keep)
      history[#history + 1], history[#history + 2] = now, mention
      if dead then redis.call('ZADD', P .. 'dead', now, mention) end
    end

    -- An index outlives its longest kept member, and loses those that are no longer kept, twice as many as it gets: some
    -- may be kept for longer than the ones that end now. Those whose time has just passed come first, so that the others
    -- do not stand before them.
    local function conclude()
      for kind, number in pairs(ended) do
        local workflow, state = string.match(kind, '^(.*) (.*)$')
        redis.call('HINCRBY', P .. 'count:' .. workflow, state, number)
      end
      for name, history in pairs(histories) do
        local keep = history.keep
        redis.call('ZADD', name, unpack(history))
        for _, mention in ipairs(redis.call('ZREVRANGEBYSCORE', name, now - keep, '-inf', 'LIMIT', 0, #history + 8)) do
          if redis.call('EXISTS', X .. string.match(mention, '[^-]+$')) == 0 then redis.call('ZREM', name, mention) end
        end
        if redis.call('PTTL', name) < keep then redis.call('PEXPIRE', name, keep + 60000) end
      end
    end

    """
}
