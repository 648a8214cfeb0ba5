// Which addresses a request node may not reach unless the operator allows them: everything that is not plainly the
// public internet. Source: the IANA special-purpose address registries, and the metadata services of the big clouds.

extension IPAddress {
  /// Loopback, private, link-local, shared (CGNAT), metadata, documentation, benchmarking, multicast, reserved and
  /// unspecified addresses, also when they are wrapped in NAT64, 6to4, ISATAP or IPv4-compatible notation.
  package var isPrivate: Bool {
    switch family {
    case .v4:
      return SpecialRanges.v4.contains { $0.contains(self) }
    case .v6:
      if let embeddedV4, embeddedV4.isPrivate { return true }
      if SpecialRanges.nat64.contains(self) { return false }
      return !SpecialRanges.globalV6.contains(self) || SpecialRanges.v6.contains { $0.contains(self) }
    }
  }

  /// The IPv4 address that a translator or a tunnel would unwrap and send the packet to.
  private var embeddedV4: IPAddress? {
    if SpecialRanges.nat64.contains(self) { return IPAddress(v4: UInt32(truncatingIfNeeded: low)) }
    if high >> 48 == 0x2002 { return IPAddress(v4: UInt32(truncatingIfNeeded: high >> 16)) }
    // ISATAP interface identifiers: [02]00:5efe:a.b.c.d
    if low >> 32 & 0xfdff_ffff == 0x0000_5efe { return IPAddress(v4: UInt32(truncatingIfNeeded: low)) }
    return nil
  }
}

private enum SpecialRanges {
  static let nat64 = parse(["64:ff9b::/96"])[0]

  static let v4 = parse([
    "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
    "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24",
    "224.0.0.0/4", "240.0.0.0/4",
    // The platform address of Azure: public by number, the host's own agent in fact.
    "168.63.129.16/32",
  ])

  /// All that is routed on the internet so far; loopback, unique local, link-local and multicast are outside.
  static let globalV6 = parse(["2000::/3"])[0]

  /// What is special within it: protocol assignments with Teredo, and documentation.
  static let v6 = parse(["2001::/23", "2001:db8::/32", "3fff::/20"])

  private static func parse(_ texts: [String]) -> [AddressRange] {
    texts.map { text in
      guard let range = AddressRange(text) else { preconditionFailure("bad special address range \(text)") }
      return range
    }
  }
}
