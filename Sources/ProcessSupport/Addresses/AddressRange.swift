// A block of addresses in CIDR notation, as operators write them in MILLRACE_EGRESS_ALLOW.

package struct AddressRange: Sendable, Equatable, CustomStringConvertible {
  package let first: IPAddress
  package let prefixLength: Int

  /// Reads `10.0.0.0/8`, `2001:db8::/32`, or one address without a length. Bits after the prefix are ignored, as
  /// `10.1.2.3/8` is what people mean by the network of that machine.
  package init?(_ text: String) {
    let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
    guard let address = IPAddress(parts[0]) else { return nil }
    guard parts.count == 2 else {
      self.init(address: address, prefixLength: address.bitWidth)
      return
    }
    guard !parts[1].isEmpty, parts[1].utf8.count <= 3, parts[1].utf8.allSatisfy({ (48...57).contains($0) }),
      var length = Int(parts[1])
    else { return nil }
    // ::ffff:10.0.0.0/104 has become 10.0.0.0, so its length loses the 96 bits of the wrapping.
    if address.family == .v4, parts[0].contains(":") { length -= 96 }
    guard (0...address.bitWidth).contains(length) else { return nil }
    self.init(address: address, prefixLength: length)
  }

  private init(address: IPAddress, prefixLength: Int) {
    self.prefixLength = prefixLength
    first = AddressRange.masked(address, prefixLength: prefixLength)
  }

  package func contains(_ address: IPAddress) -> Bool {
    address.family == first.family && AddressRange.masked(address, prefixLength: prefixLength) == first
  }

  package var description: String { "\(first)/\(prefixLength)" }

  private static func masked(_ address: IPAddress, prefixLength: Int) -> IPAddress {
    switch address.family {
    case .v4:
      return IPAddress(v4: UInt32(truncatingIfNeeded: address.low) & (UInt32.max << UInt32(32 - prefixLength)))
    case .v6:
      return IPAddress(
        high: address.high & (UInt64.max << UInt64(64 - min(prefixLength, 64))),
        low: address.low & (UInt64.max << UInt64(128 - max(prefixLength, 64))))
    }
  }
}
