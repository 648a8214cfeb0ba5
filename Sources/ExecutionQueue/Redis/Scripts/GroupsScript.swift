import RedisClient

extension RedisScript {
  /// Makes the consumer groups that are missing, and their streams. A group starts at 0, so that what was admitted
  /// before it is delivered.
  ///
  /// - Keys: the streams high, normal, low.
  /// - Arguments: group.
  /// - Returns: 1.
  ///
  /// A script, because XGROUP CREATE itself is refused when Redis is out of memory, just when workers must drain.
  static let groups = RedisScript(
    name: "groups",
    source: """
      #!lua flags=allow-oom
      for number = 1, 3 do
        local answer = redis.pcall('XGROUP', 'CREATE', KEYS[number], ARGV[1], '0', 'MKSTREAM')
        if type(answer) == 'table' and answer.err and not string.find(answer.err, 'BUSYGROUP', 1, true) then return answer end
      end
      return 1
      """)
}
