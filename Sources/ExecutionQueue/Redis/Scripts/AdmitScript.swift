import RedisClient

extension RedisScript {
  /// Keeps a batch of executions, one answer each.
  ///
  /// - Keys: the streams high, normal, low; the workers.
  /// - Arguments: backlog limit; then for each execution: stream number, token, workflow, inbox or "", payload.
  /// - Returns: for each the entry's id, or `FULL`, or `NOWORKER`.
  ///
  /// Refused as a whole, before it writes, when Redis is out of memory.
  static let admit = RedisScript(
    name: "admit",
    source: """
      local room = tonumber(ARGV[1])
      for stream = 1, 3 do room = room - redis.call('XLEN', KEYS[stream]) end
      local alive
      local function worker_alive()
        if alive == nil then
          local t = redis.call('TIME')
          alive = redis.call('ZCOUNT', KEYS[4], t[1] * 1000 + math.floor(t[2] / 1000), '+inf') > 0
        end
        return alive
      end
      local out = {}
      for i = 2, #ARGV, 5 do
        local inbox = ARGV[i + 3]
        if room <= 0 then
          out[#out + 1] = 'FULL'
        elseif inbox == '' then
          out[#out + 1] = redis.call('XADD', KEYS[tonumber(ARGV[i])], '*', 't', ARGV[i + 1], 'w', ARGV[i + 2], 'p', ARGV[i + 4])
          room = room - 1
        elseif not worker_alive() then
          out[#out + 1] = 'NOWORKER'
        else
          out[#out + 1] = redis.call('XADD', KEYS[tonumber(ARGV[i])], '*', 't', ARGV[i + 1], 'w', ARGV[i + 2], 'p', ARGV[i + 4], 'r', inbox)
          room = room - 1
        end
      end
      return out
      """)
}
