import RedisClient

extension RedisScript {
  /// Takes the fence of a batch of deliveries.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: the partition's prefix, group, consumer; then for each delivery: stream number, entry, token, workflow,
  ///   origin (the entry of its id, when it is another).
  /// - Returns: the time in milliseconds, then for each 0 when the entry is not this consumer's; the epoch on the first run
  ///   of a payload that lies in the entry; `[epoch, [field, value, …]]` of the record otherwise; -1 when its record is no
  ///   record; -2 when it has to come again, because the records before it fill the answer.
  ///
  /// The record of a plain execution is made here, not by admit: a webhook costs one stream entry until somebody runs it.
  /// The first epoch is the time, in steps of 1024 µs, plus one: should Redis lose a begin (a power cut, a failover), the
  /// next one takes another fence, and the worker that had begun before writes no more.
  static let begin = sharing(
    name: "begin",
    """
    local group, consumer = ARGV[2], ARGV[3]
    local out = {now}
    local first = now_us - now_us % 1024 + 1
    local room = 8388608
    for i = 4, #ARGV, 5 do
      local entry = ARGV[i + 1]
      if #redis.call('XPENDING', KEYS[tonumber(ARGV[i])], group, entry, entry, 1, consumer) == 0 then
        out[#out + 1] = 0
      else
        local key = X .. ARGV[i + 2]
        local before = redis.pcall('HGET', key, 'ep')
        local epoch = not before and first or type(before) == 'string' and tonumber(before) and tonumber(before) + 1
        local place = ARGV[i] .. ':' .. entry
        if not epoch then
          out[#out + 1] = -1
        elseif not before and ARGV[i + 4] == '' then
          redis.call('HSET', key, 'st', 'running', 'wf', ARGV[i + 3], 'id', entry, 'at', now, 'cur', place, 'ep', string.format('%.0f', first))
          out[#out + 1] = first
        elseif room <= 0 then
          out[#out + 1] = -2
        else
          redis.call('HSET', key, 'st', 'running', 'cur', place, 'ep', string.format('%.0f', epoch))
          redis.call('HSETNX', key, 'at', now)
          local fields = load(key)
          for at = 2, #fields, 2 do room = room - #fields[at] end
          out[#out + 1] = {epoch, fields}
        end
      end
    end
    return out
    """)
}
