// Names that senders choose become parts of keys: short and without blanks they stay readable, others are hashed.

import Crypto

package enum KeyName {
  private static let longest = 100

  package static func of(_ workflow: String, _ name: String) -> String { "\(workflow):\(safe(name))" }

  private static func safe(_ name: String) -> String {
    // Digests have a mark of their own, so that nobody can send what another name becomes.
    if (1...longest).contains(name.utf8.count), !name.hasPrefix("#"),
      name.utf8.allSatisfy({ (0x21...0x7e).contains($0) })
    {
      return name
    }
    let digits = Array("0123456789abcdef".utf8)
    let digest = SHA256.hash(data: Array(name.utf8)).flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }
    return "#" + String(decoding: digest, as: UTF8.self)
  }
}
