// Addresses that a request asks us to fetch: only those of the provider itself may be.

enum ProviderAddress {
  /// `https://sns.<region>.amazonaws.com[.cn]` and this path; nothing else, because whoever chooses the address
  /// chooses the key.
  static func isSNSCertificate(_ url: String) -> Bool {
    guard let path = snsPath(url), path.hasPrefix("/SimpleNotificationService-"), path.hasSuffix(".pem") else {
      return false
    }
    let name = path.dropFirst("/SimpleNotificationService-".count).dropLast(4)
    return !name.isEmpty && name.utf8.allSatisfy { Hexadecimal.value(of: $0) != nil }
  }

  /// The address that confirms a subscription.
  static func isSNSConfirmation(_ url: String) -> Bool {
    guard let path = snsPath(url), url.utf8.count <= 2048 else { return false }
    return path.hasPrefix("/?Action=ConfirmSubscription&") && !path.contains("#")
  }

  /// What stands behind the host.
  private static func snsPath(_ url: String) -> Substring? {
    guard let (host, path) = split(url), host.hasPrefix("sns.") else { return nil }
    let region = host.dropFirst(4)
    for ending in [".amazonaws.com", ".amazonaws.com.cn"] where region.hasSuffix(ending) {
      let name = region.dropLast(ending.count)
      let isRegion = name.utf8.allSatisfy {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
          || $0 == UInt8(ascii: "-")
      }
      if isRegion, name.utf8.count >= 3 { return path }
    }
    return nil
  }

  /// `https://` and a host below `paypal.com`.
  static func isPayPalCertificate(_ url: String) -> Bool {
    guard let (host, path) = split(url), url.utf8.count <= 512 else { return false }
    return host.hasSuffix(".paypal.com") && !path.isEmpty
  }

  /// The host in lower case letters, digits, dots and dashes, and the rest; nil with a port, a user or another scheme.
  private static func split(_ url: String) -> (host: Substring, path: Substring)? {
    let isPlain = url.utf8.allSatisfy { $0 > UInt8(ascii: " ") && $0 < 0x7F && $0 != UInt8(ascii: "\\") }
    guard isPlain, url.hasPrefix("https://") else { return nil }
    let rest = url.dropFirst("https://".count)
    let host = rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }
    let isHost = host.utf8.allSatisfy {
      (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0)
        || $0 == UInt8(ascii: "-") || $0 == UInt8(ascii: ".")
    }
    return isHost && !host.isEmpty ? (host, rest.dropFirst(host.count)) : nil
  }
}
