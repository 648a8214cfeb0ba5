// Comparing what a sender claims with what is right, without telling by the time it takes how near the claim came.

import Crypto

enum ConstantTime {
  /// The time depends on the lengths only; those of signatures are no secret.
  static func areEqual(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    guard one.count == other.count else { return false }
    var difference: UInt8 = 0
    for index in one.indices { difference |= one[index] ^ other[index] }
    return difference == 0
  }

  /// For passwords and tokens, whose length is a secret too: their digests are compared.
  static func areEqualTokens(_ one: [UInt8], _ other: [UInt8]) -> Bool {
    areEqual(Hash.sha256.digest(of: one), Hash.sha256.digest(of: other))
  }
}
