// Chance for the answers that a provider wants encrypted; tests hand in numbers that they know.

import ProcessSupport

package struct VerificationRandom: Sendable {
  private let fill: @Sendable (Int) -> [UInt8]

  /// The function gives as many bytes as it is asked for.
  package init(_ fill: @escaping @Sendable (Int) -> [UInt8]) { self.fill = fill }

  package static let system = VerificationRandom { count in
    var bytes: [UInt8] = []
    while bytes.count < count {
      var number = RandomBits.next()
      for _ in 0..<8 {
        bytes.append(UInt8(truncatingIfNeeded: number))
        number >>= 8
      }
    }
    return Array(bytes.prefix(count))
  }

  func bytes(_ count: Int) -> [UInt8] { fill(count) }

  /// Letters and digits.
  func text(_ count: Int) -> String {
    let letters = Array("abcdefghijkmnpqrstuvwxyz23456789".utf8)
    return String(decoding: bytes(count).map { letters[Int($0 & 31)] }, as: UTF8.self)
  }
}
