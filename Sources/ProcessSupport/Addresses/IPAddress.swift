// One IPv4 or IPv6 address, in the form that both ends of a webhook's way compare: who sent it, and where a
// request node may go. IPv4 hidden in IPv6 notation (::ffff:a.b.c.d) is the IPv4 address itself.

package import Glibc

package struct IPAddress: Sendable, Hashable, CustomStringConvertible {
  package enum Family: Sendable { case v4, v6 }

  package let family: Family
  /// The first eight bytes of an IPv6 address; 0 for IPv4.
  let high: UInt64
  /// The last eight bytes of an IPv6 address, or the four bytes of an IPv4 address.
  let low: UInt64

  /// Reads dotted decimal or IPv6 notation; a zone (`fe80::1%eth0`) is dropped. Names are not resolved.
  package init?(_ text: String) {
    var v4 = in_addr()
    if inet_pton(AF_INET, text, &v4) == 1 {
      self.init(v4: UInt32(bigEndian: v4.s_addr))
      return
    }
    let parts = text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)
    guard let first = parts.first, parts.count == 1 || !parts[1].isEmpty else { return nil }
    var v6 = in6_addr()
    guard inet_pton(AF_INET6, String(first), &v6) == 1 else { return nil }
    self.init(v6: v6)
  }

  /// The address of a socket or of a name lookup's answer; nil for other families than IPv4 and IPv6. The pointer
  /// must lead to as many bytes as its family says.
  package init?(sockaddr pointer: UnsafePointer<sockaddr>) {
    let raw = UnsafeRawPointer(pointer)
    switch Int32(pointer.pointee.sa_family) {
    case AF_INET:
      self.init(v4: UInt32(bigEndian: raw.loadUnaligned(as: sockaddr_in.self).sin_addr.s_addr))
    case AF_INET6:
      self.init(v6: raw.loadUnaligned(as: sockaddr_in6.self).sin6_addr)
    default:
      return nil
    }
  }

  package init(v4 value: UInt32) {
    self.init(family: .v4, high: 0, low: UInt64(value))
  }

  private init(v6 address: in6_addr) {
    let (high, low) = withUnsafeBytes(of: address) { bytes in
      (
        UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
        UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
      )
    }
    self.init(high: high, low: low)
  }

  /// An IPv6 address by its halves; an IPv4-mapped one becomes IPv4.
  init(high: UInt64, low: UInt64) {
    if high == 0, low >> 32 == 0xffff {
      self.init(v4: UInt32(truncatingIfNeeded: low))
    } else {
      self.init(family: .v6, high: high, low: low)
    }
  }

  private init(family: Family, high: UInt64, low: UInt64) {
    self.family = family
    self.high = high
    self.low = low
  }

  package var bitWidth: Int { family == .v4 ? 32 : 128 }

  package var description: String {
    switch family {
    case .v4:
      return "\(low >> 24 & 255).\(low >> 16 & 255).\(low >> 8 & 255).\(low & 255)"
    case .v6:
      var bytes = (high.bigEndian, low.bigEndian)
      var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
      guard inet_ntop(AF_INET6, &bytes, &text, socklen_t(text.count)) != nil else { return "::" }
      return String(decoding: text.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self)
    }
  }
}
