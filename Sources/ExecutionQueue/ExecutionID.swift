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
    description = "\(partition)-\(entry.description)-\(token.description)"
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
    let bytes = text.utf8
    guard let dash = bytes.firstIndex(of: UInt8(ascii: "-")), let milliseconds = Self.number(bytes[..<dash]),
      let sequence = Self.number(bytes[bytes.index(after: dash)...])
    else { return nil }
    self.init(milliseconds: milliseconds, sequence: sequence)
  }

  /// Decimal digits and nothing else; every admission reads two of these.
  private static func number(_ digits: Substring.UTF8View) -> UInt64? {
    guard !digits.isEmpty else { return nil }
    var number: UInt64 = 0
    for digit in digits {
      guard (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(digit) else { return nil }
      let (tenfold, isTooLarge) = number.multipliedReportingOverflow(by: 10)
      let (sum, isTooLargeNow) = tenfold.addingReportingOverflow(UInt64(digit - UInt8(ascii: "0")))
      guard !isTooLarge, !isTooLargeNow else { return nil }
      number = sum
    }
    return number
  }

  package var description: String { "\(milliseconds)-\(sequence)" }
}

/// 80 random bits as 16 characters of Crockford's base 32, in lower case.
package struct ExecutionToken: Hashable, Sendable, CustomStringConvertible {
  package let description: String

  private static let alphabet = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)
  private static let length = 16

  package static func random() -> ExecutionToken {
    ExecutionToken(bits: (RandomBits.next(), RandomBits.next()))
  }

  private init(bits: (UInt64, UInt64)) {
    var characters: [UInt8] = []
    characters.reserveCapacity(Self.length)
    for position in 0..<Self.length {
      let source = position < 8 ? bits.0 : bits.1
      characters.append(Self.alphabet[Int(source >> UInt64(5 * (position & 7)) & 31)])
    }
    description = String(decoding: characters, as: UTF8.self)
  }

  package init?(_ text: String) {
    guard text.utf8.count == Self.length, text.utf8.allSatisfy(Self.alphabet.contains) else { return nil }
    description = text
  }
}
