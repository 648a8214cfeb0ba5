// The name of one execution: known to the caller, to the logs and to every process.

import ProcessSupport

/// `PARTITION-MILLISECONDS-SEQUENCE-TOKEN`, for instance `0-1763926414123-0-7k3fz9m2c8h5xq1b`.
///
/// The partition says where its keys live, the two numbers in the middle are the id of its first stream entry (so an
/// execution that no worker has begun yet can be found without a record of its own), and the token carries 80 random
/// bits, so an id cannot be guessed.
package struct ExecutionID: Hashable, Sendable, CustomStringConvertible {
  package let partition: Int
  package let entry: EntryID
  package let token: ExecutionToken
  package let description: String

  package init(partition: Int, entry: EntryID, token: ExecutionToken) {
    self.partition = partition
    self.entry = entry
    self.token = token
    description = Self.text(partition: UInt64(partition), entry: entry, token: token)
  }

  /// Nil unless the text is in exactly the form that `description` writes.
  package init?(_ text: some StringProtocol) {
    let parts = text.split(separator: "-", omittingEmptySubsequences: false)
    guard parts.count == 4, let partition = UInt16(parts[0]), let entry = EntryID("\(parts[1])-\(parts[2])"),
      let token = ExecutionToken(String(parts[3]))
    else { return nil }
    self.init(partition: Int(partition), entry: entry, token: token)
    guard description == text else { return nil }
  }

  /// In one piece of memory: every admission makes one.
  private static func text(partition: UInt64, entry: EntryID, token: ExecutionToken) -> String {
    String(capacity: 3 * ASCIIWriter.longestNumber + 3 + ExecutionToken.length) { text in
      text.write(partition)
      text.write(UInt8(ascii: "-"))
      text.write(entry.milliseconds)
      text.write(UInt8(ascii: "-"))
      text.write(entry.sequence)
      text.write(UInt8(ascii: "-"))
      text.write(token.description)
    }
  }
}

/// The id of a stream entry: milliseconds of Redis's clock and a sequence number.
package struct EntryID: Hashable, Sendable, CustomStringConvertible {
  package let milliseconds: UInt64
  package let sequence: UInt64

  package init(milliseconds: UInt64, sequence: UInt64) {
    self.milliseconds = milliseconds
    self.sequence = sequence
  }

  package init?(_ text: String) {
    self.init(digits: text.utf8)
  }

  /// Decimal digits, a dash, decimal digits, and nothing else; every admission reads one.
  init?(digits text: some Sequence<UInt8>) {
    var numbers: (UInt64, UInt64) = (0, 0)
    var counts = (0, 0)
    var isBehindDash = false
    for byte in text {
      if byte == UInt8(ascii: "-"), !isBehindDash {
        isBehindDash = true
        continue
      }
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) else { return nil }
      let (tenfold, isTooLarge) = (isBehindDash ? numbers.1 : numbers.0).multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = tenfold.addingReportingOverflow(UInt64(byte - UInt8(ascii: "0")))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      if isBehindDash { (numbers.1, counts.1) = (sum, 1) } else { (numbers.0, counts.0) = (sum, 1) }
    }
    guard counts == (1, 1) else { return nil }
    self.init(milliseconds: numbers.0, sequence: numbers.1)
  }

  package var description: String { "\(milliseconds)-\(sequence)" }
}

/// 80 random bits as 16 characters of Crockford's base 32, in lower case.
package struct ExecutionToken: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  private static let alphabet: StaticString = "0123456789abcdefghjkmnpqrstvwxyz"
  fileprivate static let length = 16

  package static func random() -> ExecutionToken {
    ExecutionToken(bits: (RandomBits.next(), RandomBits.next()))
  }

  private init(bits: (UInt64, UInt64)) {
    description = String(capacity: Self.length) { text in
      for position in 0..<Self.length {
        let source = position < 8 ? bits.0 : bits.1
        text.write(unsafe Self.alphabet.utf8Start[Int(source >> UInt64(5 * (position & 7)) & 31)])
      }
    }
  }

  package init?(_ text: String) {
    guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.isDigit) else { return nil }
    description = text
  }

  private static func isDigit(_ byte: UInt8) -> Bool {
    switch byte {
    case UInt8(ascii: "0")...UInt8(ascii: "9"): true
    case UInt8(ascii: "i"), UInt8(ascii: "l"), UInt8(ascii: "o"), UInt8(ascii: "u"): false
    case UInt8(ascii: "a")...UInt8(ascii: "z"): true
    default: false
    }
  }
}
