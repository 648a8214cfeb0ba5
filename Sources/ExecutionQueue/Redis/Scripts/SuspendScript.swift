import RedisClient

extension RedisScript {
  /// Lets a batch of executions wait: the entry goes, the payload moves into the record, the place in the workflow's lane
  /// is free for others, the one in the order's lane is not.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: the partition's prefix, group; then for each execution: stream number, entry, token, epoch, until when
  ///   in milliseconds, callbacks that end the waiting (separated by blanks), inbox or "", number of fields, and so often
  ///   name, value.
  /// - Returns: for each 1, or 0 when the fence is somebody else's by now. Repeating it gives 1 again until the execution
  ///   goes on.
  static let suspend = sharing(
    name: "suspend",
    """
    local group = ARGV[2]
    local out = {}
    local i = 3
    while i <= #ARGV do
      local number, entry, token = ARGV[i], ARGV[i + 1], ARGV[i + 2]
      local stream, key, count_of = KEYS[tonumber(number)], X .. token, tonumber(ARGV[i + 7])
      local held = redis.call('HMGET', key, 'ep', 'st', 'g', 'sq')
      local mine = held[1] == ARGV[i + 3] and (held[2] == 'running' or held[2] == 'waiting')
      if mine and held[2] == 'running' then
        mine = redis.call('XACK', stream, group, entry) == 1
        if mine then
          keep_payload(key, stream, entry)
          redis.call('XDEL', stream, entry)
          put_all(key, ARGV, i + 8, i + 7 + 2 * count_of)
          redis.call('HSET', key, 'st', 'waiting', 'pr', number, 'wake', ARGV[i + 5])
          if ARGV[i + 6] ~= '' then redis.call('HSET', key, 'r', ARGV[i + 6]) end
          if held[3] then
            redis.call('HSET', key, 'gi', 1)
            leave(token, held[3], true)
          end
          local came
          for callback in string.gmatch(ARGV[i + 5], '%S+') do
            came = came or redis.call('HEXISTS', key, 'cv:' .. callback) == 1
          end
          if came then
            redis.call('HDEL', key, 'wake')
            enter(token)
          else
            redis.call('ZADD', P .. 'due', ARGV[i + 4], token)
          end
        end
      end
      out[#out + 1] = mine and 1 or 0
      i = i + 8 + 2 * count_of
    end
    return out
    """)

  /// Lets those go on whose time has come, and past their lanes those whose time limit is over: the worker that takes
  /// them ends them.
  ///
  /// - Keys: what is due.
  /// - Arguments: the partition's prefix, how many at most.
  /// - Returns: how many there were, and in how many milliseconds the next is due (-1: none is).
  static let promote = sharing(
    name: "promote",
    """
    local due = redis.call('ZRANGEBYSCORE', KEYS[1], '-inf', now, 'LIMIT', 0, ARGV[2])
    for _, token in ipairs(due) do
      redis.call('ZREM', KEYS[1], token)
      if redis.call('HGET', X .. token, 'st') == 'waiting' then
        redis.call('HDEL', X .. token, 'wake')
        enter(token)
      end
    end
    local patience = P .. 'patience'
    local late = redis.call('ZRANGEBYSCORE', patience, '-inf', now, 'LIMIT', 0, ARGV[2] - #due)
    for _, token in ipairs(late) do
      local passed = 1
      for gate in string.gmatch(redis.call('HGET', X .. token, 'g') or '', '%S+') do
        local _, parked = lane(gate)
        redis.call('ZREM', parked, token)
        passed = passed + 1
      end
      redis.call('ZREM', P .. 'parked', token)
      redis.call('ZREM', patience, token)
      if redis.call('HGET', X .. token, 'st') == 'waiting' then
        redis.call('HSET', X .. token, 'gi', passed)
        enter(token)
      end
    end
    local wait = -1
    for _, waiting in ipairs({KEYS[1], patience}) do
      local next_due = redis.call('ZRANGE', waiting, 0, 0, 'WITHSCORES')[2]
      local left = next_due and math.max(0, tonumber(next_due) - now)
      if left and (wait < 0 or left < wait) then wait = left end
    end
    return {#due + #late, wait}
    """)

  /// Keeps what came at the address of a callback, and lets its execution go on if that waits for it.
  ///
  /// - Keys: the record.
  /// - Arguments: the partition's prefix, token, entry of the id, callback, what came.
  /// - Returns: `OK`; `AGAIN` when something came before; `OVER` when it comes too late; `UNKNOWN`.
  ///
  /// Refused when Redis is out of memory: the caller comes again.
  static let resume = sharing(
    name: "resume", flags: "",
    """
    local token, callback = ARGV[2], ARGV[4]
    local key = X .. token
    local held = redis.call('HMGET', key, 'id', 'st', 'cb:' .. callback, 'wake')
    if held[1] ~= ARGV[3] or not held[3] then return 'UNKNOWN' end
    if redis.call('HEXISTS', key, 'cv:' .. callback) == 1 then return 'AGAIN' end
    if held[3] == 'closed' or final[held[2]] then return 'OVER' end
    put(key, 'cv:' .. callback, ARGV[5])
    if held[2] == 'waiting' and string.find(' ' .. (held[4] or '') .. ' ', ' ' .. callback .. ' ', 1, true) then
      redis.call('HDEL', key, 'wake')
      redis.call('ZREM', P .. 'due', token)
      enter(token)
    end
    return 'OK'
    """)

  /// Reserves a moment in an evenly spaced sequence.
  ///
  /// - Keys: what is due (names the slot).
  /// - Arguments: the partition's prefix, name, microseconds between two.
  /// - Returns: the moment in milliseconds, and the time.
  static let reserve = sharing(
    name: "reserve",
    """
    return {math.ceil(reserve(ARGV[2], tonumber(ARGV[3])) / 1000), now}
    """)

  /// Sets how many executions the workflows let run at once, and lets in those that find room now. Forgets who was
  /// cancelled more than a minute ago, and some of the dead letters that are no longer kept.
  ///
  /// - Keys: the limits.
  /// - Arguments: the partition's prefix; then for each lane its name and limit, or "" to leave it as it is.
  /// - Returns: 1.
  static let tendLanes = sharing(
    name: "tend-lanes",
    """
    local known = {}
    for i = 2, #ARGV, 2 do
      known[ARGV[i]] = true
      if ARGV[i + 1] ~= '' then redis.call('HSET', KEYS[1], ARGV[i], ARGV[i + 1]) end
    end
    for _, gate in ipairs(redis.call('HKEYS', KEYS[1])) do
      if not known[gate] then redis.call('HDEL', KEYS[1], gate) end
      fill(gate)
    end
    redis.call('ZREMRANGEBYSCORE', P .. 'canceled', '-inf', now - 60000)
    for _, mention in ipairs(redis.call('ZRANDMEMBER', P .. 'dead', 50)) do
      if redis.call('EXISTS', X .. string.match(mention, '[^-]+$')) == 0 then redis.call('ZREM', P .. 'dead', mention) end
    end
    return 1
    """)
}
