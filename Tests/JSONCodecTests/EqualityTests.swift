// Equality is about meaning.
import JSONCodec
import Testing

@Suite("JSON equality")
struct EqualityTests {
  @Test(
    "equal values",
    arguments: [
      ("1", "1.0"), ("1", "1e0"), ("100", "1E2"), ("0", "-0"), ("0.10", "0.1"),
      ("9223372036854775807", "9223372036854775807"),
      ("18446744073709551616", "18446744073709551616"), ("1e400", "1e400"),
      ("9223372036854775807", "9223372036854775807.0"), ("[12345678901234567890]", "[12345678901234567890.0]"),
      ("[1e400]", "[10e399]"), ("0", "0e-400"), ("1e999999999", "10e999999998"),
      ("{\"a\":1,\"b\":2}", "{ \"b\": 2, \"a\": 1.0 }"),
      ("\"\\u0041\"", "\"A\""), ("[1,[2]]", "[ 1, [ 2.0 ] ]"), ("{\"a\":1,\"a\":2}", "{\"a\":2}"), ("[]", "[ ]"),
      ("null", "null"), ("{\"\\u0061\":true}", "{\"a\":true}"),
    ])
  func equal(one: String, other: String) throws {
    let (one, other) = (try JSON.parse(one), try JSON.parse(other))
    #expect(one == other)
    #expect(other == one)
    #expect(one.rebuilt == other)
    #expect(one == other.rebuilt)
    #expect(one.rebuilt == other.rebuilt)
  }

  @Test(
    "different values",
    arguments: [
      ("1", "2"), ("1", "\"1\""), ("1", "true"), ("0", "false"), ("0", "null"), ("[]", "{}"), ("[1,2]", "[2,1]"),
      ("[1]", "[1,1]"), ("{\"a\":1}", "{\"b\":1}"), ("{\"a\":1}", "{\"a\":1,\"b\":1}"), ("{\"a\":null}", "{}"),
      ("9007199254740993", "9007199254740992.0"), ("9223372036854775807", "9223372036854775808"),
      ("18446744073709551616", "18446744073709551617"), ("9007199254740993.0", "9007199254740992"),
      ("9007199254740992.5", "9007199254740992"), ("1.00000000000000000001", "1"), ("1e-400", "0"),
      ("1e-400", "2e-400"), ("0.1", "0.10000000000000001"), ("1e23", "99999999999999991611392"),
      ("\"\u{E9}\"", "\"e\u{301}\""), ("\"\"", "null"),
    ])
  func different(one: String, other: String) throws {
    let (one, other) = (try JSON.parse(one), try JSON.parse(other))
    #expect(one != other)
    #expect(other != one)
    #expect(one.rebuilt != other)
    #expect(one.rebuilt != other.rebuilt)
  }

  @Test("large objects are compared whatever their order")
  func large() {
    let members = (0..<5000).map { ("key\($0)", JSON.int(Int64($0))) }
    #expect(JSON.object(JSONObject(members)) == JSON.object(JSONObject(members.reversed())))
  }
}
