// What a node's error means for a client of the cluster: go elsewhere, try again, or take it as the answer.

enum ClusterVerdict: Equatable {
  /// From now on that node owns the slot. Nothing was executed.
  case moved(slot: Int, to: RedisAddress)
  /// This once, because the slot is on its way there. Nothing was executed.
  case ask(RedisAddress)
  /// Soon, at the same place.
  case again
  case final

  /// `host` is the node that answered.
  init(_ error: RedisError, from host: String) {
    let words = error.message.split(separator: " ")
    switch error.code {
    case "MOVED", "ASK":
      guard words.count >= 3, let slot = Int(words[1]), (0..<HashSlot.count).contains(slot),
        let address = Self.address(words[2], host)
      else {
        self = .final
        return
      }
      self = error.code == "MOVED" ? .moved(slot: slot, to: address) : .ask(address)
    case "CLUSTERDOWN", "TRYAGAIN": self = .again
    default: self = .final
    }
  }

  /// `host:port`; an IPv6 address has no brackets here, and the host is empty where a node does not know it.
  private static func address(_ text: Substring, _ host: String) -> RedisAddress? {
    guard let colon = text.lastIndex(of: ":"), let port = Int(text[colon...].dropFirst()) else { return nil }
    let named = String(text[..<colon])
    return .tcp(host: named.isEmpty || named == "?" ? host : named, port: port)
  }
}
