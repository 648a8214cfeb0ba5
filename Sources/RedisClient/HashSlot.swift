// Where a key lives when there are several Redis: its slot in a cluster, its shard among independent servers.

enum HashSlot {
  static let count = 16_384

  /// https://redis.io/docs/reference/cluster-spec/#key-distribution-model
  static func of(_ key: String) -> Int { Int(checksum(of: tag(of: key).utf8)) % count }

  /// What stands between the first `{` and the next `}`, else the whole key.
  static func tag(of key: String) -> Substring {
    guard let open = key.utf8.firstIndex(of: UInt8(ascii: "{")) else { return key[...] }
    let start = key.utf8.index(after: open)
    guard let end = key.utf8[start...].firstIndex(of: UInt8(ascii: "}")), end > start else { return key[...] }
    return key[start..<end]
  }

  /// Nobody makes this key. Among the keys of a script it keeps Redis from running the script, with TRYAGAIN, as long as
  /// their slot is on its way to another node: some of what the script reads and writes could be here, some there.
  static func absentKey(beside key: String) -> String { "{\(tag(of: key))}:absent" }

  /// Partition N, whose keys begin with `{pN}`, is on shard N modulo their number; replies for an ingest (`{r:NAME}`) are
  /// spread over all; everything else is on the first.
  static func shard(of key: String, among count: Int) -> Int {
    let tag = tag(of: key)
    guard tag.utf8.count < key.utf8.count else { return 0 }
    if tag.hasPrefix("p"), let partition = Int(tag.dropFirst()), partition >= 0 { return partition % count }
    return tag.hasPrefix("r:") ? Int(checksum(of: tag.utf8)) % count : 0
  }

  /// CRC-16/XMODEM.
  private static func checksum(of bytes: Substring.UTF8View) -> UInt16 {
    bytes.reduce(0) { sum, byte in (sum << 8) ^ table[Int(UInt8(truncatingIfNeeded: sum >> 8) ^ byte)] }
  }

  private static let table: [UInt16] = (0..<256).map { byte in
    (0..<8).reduce(UInt16(byte) << 8) { sum, _ in sum & 0x8000 != 0 ? (sum << 1) ^ 0x1021 : sum << 1 }
  }
}
