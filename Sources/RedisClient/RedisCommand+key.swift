// Which key a command is about, so that it goes where that key lives.

extension RedisCommand {
  /// Its first key; nil for commands that have none.
  var key: String? {
    let words = prefix(Self.longestLead)
    guard let name = words.first?.uppercased(), words.count > 1, !Self.keyless.contains(name) else { return nil }
    switch name {
    case "EVAL", "EVALSHA", "FCALL": return words.count > 3 && words[2] != "0" ? words[3] : nil
    case "XREAD", "XREADGROUP":
      let mark = words.firstIndex { $0.uppercased() == "STREAMS" }
      return mark.flatMap { $0 + 1 < words.count ? words[$0 + 1] : nil }
    case "XGROUP", "XINFO", "OBJECT", "MEMORY": return words.count > 2 ? words[2] : nil
    default: return words[1]
    }
  }

  /// `XREADGROUP GROUP g c COUNT n BLOCK ms NOACK STREAMS key` is the longest way to a key.
  private static let longestLead = 11

  private static let keyless: Set<String> = [
    "ACL", "ASKING", "AUTH", "BGREWRITEAOF", "BGSAVE", "CLIENT", "CLUSTER", "COMMAND", "CONFIG", "DBSIZE", "DEBUG",
    "ECHO", "FAILOVER", "FLUSHALL", "FLUSHDB", "FUNCTION", "HELLO", "INFO", "KEYS", "LASTSAVE", "LATENCY", "PING",
    "REPLICAOF", "ROLE", "SAVE", "SCAN", "SCRIPT", "SELECT", "SLOWLOG", "TIME", "WAIT",
  ]

  /// The first words as text.
  private func prefix(_ count: Int) -> [String] {
    var result: [String] = []
    var rest = words[...]
    while result.count < count, rest.popFirst() == UInt8(ascii: "$"), let end = rest.firstIndex(of: 0x0D),
      let length = Int(String(decoding: rest[..<end], as: UTF8.self))
    {
      let start = end + 2
      result.append(String(decoding: rest[start..<start + length], as: UTF8.self))
      rest = rest[(start + length + 2)...]
    }
    return result
  }
}
