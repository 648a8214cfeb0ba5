// Names that travel through URLs and logs: one form each, and nothing else is taken for one.

import Testing

@testable import ExecutionQueue

@Suite("Identifiers")
struct IdentifierTests {
  @Test(
    "an execution's id is read as it is written",
    arguments: [
      "0-1763926414123-0-7k3fz9m2c8h5xq1b", "65535-0-18446744073709551615-zzzzzzzzzzzzzzzz",
      "1-18446744073709551615-7-0000000000000000",
    ])
  func roundTrip(text: String) throws {
    let id = try #require(ExecutionID(text))
    #expect(id.description == text)
    #expect(ExecutionID(text[...]) == id)
  }

  @Test(
    "other forms of an id are refused",
    arguments: [
      "", "0", "0-1-2", "0-1-2-", "0-1-2-7k3fz9m2c8h5xq1", "0-1-2-7k3fz9m2c8h5xq1bb", "0-1-2-7K3FZ9M2C8H5XQ1B",
      "0-1-2-7k3fz9m2c8h5xqil", "00-1-2-7k3fz9m2c8h5xq1b", "0-01-2-7k3fz9m2c8h5xq1b", "+0-1-2-7k3fz9m2c8h5xq1b",
      "0-1-+2-7k3fz9m2c8h5xq1b", "65536-1-2-7k3fz9m2c8h5xq1b", "-1-1-2-7k3fz9m2c8h5xq1b", "0-1-2-7k3fz9m2c8h5xq1b-3",
      " 0-1-2-7k3fz9m2c8h5xq1b", "0-1-2-7k3fz9m2c8h5xq1b\n", "0-1-18446744073709551616-7k3fz9m2c8h5xq1b",
      "0-*-2-7k3fz9m2c8h5xq1b", "0-1-2-7k3fz9m2c8h5xq1é",
    ])
  func refused(text: String) {
    #expect(ExecutionID(text) == nil)
  }

  @Test(
    "an entry's id has two numbers",
    arguments: [
      ("1-2", true), ("0-0", true), ("1", false), ("1-", false), ("-1", false), ("1-2-3", false), ("a-b", false),
      ("", false),
    ])
  func entry(text: String, isOne: Bool) {
    #expect((EntryID(text)?.description == text) == isOne)
  }

  @Test("random tokens are well-formed and do not repeat")
  func tokens() {
    let tokens = (0..<2000).map { _ in ExecutionToken.random() }
    let seen = Set(tokens)
    #expect(seen.count == tokens.count)
    #expect(tokens.allSatisfy { ExecutionToken($0.description) == $0 })
    // Every place takes every letter: no bit is stuck.
    let letters = seen.map { Array($0.description.utf8) }
    for place in 0..<16 { #expect(Set(letters.map { $0[place] }).count == 32) }
  }
}
