import RedisClient

extension RedisScript {
  /// Ends a batch of executions: acknowledges and deletes the entry, writes the outcome, frees the lanes.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: the partition's prefix, group; then for each execution: stream number, entry, token, epoch, state,
  ///   milliseconds to keep the record, whether to keep the payload (1 or 0), why it is a dead letter or "", number of
  ///   fields, and so often name, value.
  /// - Returns: for each 1, or 0 when the fence is somebody else's by now. Repeating a settlement gives 1 again,
  ///   as long as the record is kept.
  static let settle = sharing(
    name: "settle",
    """
    local group = ARGV[2]
    local out, gone = {}, {}
    local i = 3
    while i <= #ARGV do
      local stream, entry, token = KEYS[tonumber(ARGV[i])], ARGV[i + 1], ARGV[i + 2]
      local key, state, keep, count_of = X .. token, ARGV[i + 4], tonumber(ARGV[i + 5]), tonumber(ARGV[i + 8])
      local held = redis.call('HMGET', key, 'ep', 'st', 'g', 'wf', 'id', 'big')
      local mine = held[1] == ARGV[i + 3]
      if mine and not final[held[2]] then
        mine = redis.call('XACK', stream, group, entry) == 1
        if mine then
          local fields = {}
          for at = i + 9, i + 8 + 2 * count_of do fields[#fields + 1] = ARGV[at] end
          local bytes = ARGV[i + 6] == '1' and payload(stream, entry)
          if bytes then fields[#fields + 1], fields[#fields + 2] = 'in', bytes end
          gone[stream] = gone[stream] or {}
          table.insert(gone[stream], entry)
          if held[3] then leave(token, held[3]) end
          finish(token, state, keep, fields, ARGV[i + 7] ~= '' and ARGV[i + 7] or nil, {held[4], held[5], held[6]})
        end
      end
      out[#out + 1] = mine and 1 or 0
      i = i + 9 + 2 * count_of
    end
    for stream, entries in pairs(gone) do redis.call('XDEL', stream, unpack(entries)) end
    conclude()
    return out
    """)
}
