import RedisClient

extension RedisScript {
  /// Ends an execution that has not ended, wherever it is.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: the partition's prefix, group, token, entry of the id, milliseconds to keep it, message.
  /// - Returns: `[OK, inbox or ""]`, `[OVER, state]` or `[UNKNOWN]`.
  ///
  /// The fence moves on, so a worker that runs it can write no more; it finds the token in the list of cancelled ones.
  static let cancel = sharing(
    name: "cancel",
    """
    local group, token, id = ARGV[2], ARGV[3], ARGV[4]
    local key = X .. token
    local function take(number, entry)
      local stream = KEYS[tonumber(number)]
      local found = redis.call('XRANGE', stream, entry, entry)
      if not found[1] or field(found[1][2], 't') ~= token then return nil end
      keep_payload(key, stream, entry)
      redis.pcall('XACK', stream, group, entry)
      redis.call('XDEL', stream, entry)
      redis.call('HSET', key, 'pr', number)
      return found[1][2]
    end
    local held = redis.call('HMGET', key, 'st', 'id', 'cur', 'r', 'g')
    local inbox = held[4] or ''
    if not held[1] then
      local fields
      for number = 1, 3 do fields = fields or take(number, id) end
      if not fields then return {'UNKNOWN'} end
      inbox = field(fields, 'r') or ''
      redis.call('HSET', key, 'wf', field(fields, 'w'), 'id', id)
    elseif held[2] ~= id then
      return {'UNKNOWN'}
    elseif final[held[1]] then
      return {'OVER', held[1]}
    elseif held[1] == 'waiting' then
      redis.call('ZREM', P .. 'due', token)
      redis.call('ZREM', P .. 'patience', token)
    elseif held[3] then
      local number, entry = string.match(held[3], '^(%d):(.+)$')
      local fields = take(number, entry)
      inbox = fields and field(fields, 'r') or inbox
    end
    redis.call('HINCRBY', key, 'ep', 1)
    redis.call('HDEL', key, 'wake')
    leave(token, held[5] or '')
    finish(token, 'canceled', tonumber(ARGV[5]), {'msg', ARGV[6]})
    redis.call('ZADD', P .. 'canceled', now, token)
    conclude()
    return {'OK', inbox}
    """)

  /// Runs executions that have ended once more: from where they failed, or from a node, or from the start.
  ///
  /// - Keys: what are dead letters.
  /// - Arguments: the partition's prefix, `dead` (only those in the dead-letter list) or `any`; then for each execution:
  ///   token, entry of the id, names of the checkpointed fields to forget (line breaks between them) or `*` for all.
  /// - Returns: for each `OK`, `ACTIVE` (it has not ended, or was redriven before), `GONE` (no longer kept, or without its
  ///   payload).
  static let redrive = sharing(
    name: "redrive", flags: "",
    """
    local outcome = {}
    for name in string.gmatch('fin msg out rep dead crashes r wake gi td', '%S+') do outcome[name] = true end
    local out = {}
    for i = 3, #ARGV, 3 do
      local token, id, forget = ARGV[i], ARGV[i + 1], ARGV[i + 2]
      local key = X .. token
      local held = redis.call('HMGET', key, 'st', 'id', 'wf')
      local answer = 'OK'
      if not held[1] then redis.call('ZREM', KEYS[1], id .. '-' .. token) end
      if held[2] ~= id then
        answer = 'GONE'
      elseif not final[held[1]] then
        answer = 'ACTIVE'
      elseif held[3] == '' or redis.call('HEXISTS', key, 'in') == 0 then
        answer = 'GONE'
      elseif redis.call('ZREM', KEYS[1], id .. '-' .. token) == 0 and ARGV[2] == 'dead' then
        answer = 'ACTIVE'
      end
      if answer == 'OK' then
        redis.call('ZREM', P .. 'h:' .. held[3] .. ':' .. held[1], id .. '-' .. token)
        redis.call('ZREM', P .. 'canceled', token)
        for _, name in ipairs(redis.call('HKEYS', key)) do
          local kind = string.sub(name, 1, 2)
          local forgotten = outcome[name] or forget == '*' and (kind == 'n:' or kind == 'cb' or kind == 'cv')
            or kind == 'n:' and string.find('\\n' .. forget .. '\\n', '\\n' .. string.sub(name, 3) .. '\\n', 1, true)
          if forgotten then redis.call('DEL', key .. ':' .. name) end
          if forgotten then redis.call('HDEL', key, name) end
        end
        each_key(key, function(name) redis.call('PERSIST', name) end)
        redis.call('HSET', key, 'st', 'waiting', 'again', now, 'sq', redis.call('INCR', P .. 'seq'))
        enter(token)
      end
      out[#out + 1] = answer
    end
    return out
    """)
}
