// Identifiers of 64 bits and amounts survive exactly.
import JSONCodec
import Testing

@Suite("JSON numbers")
struct NumberTests {
  struct Case: Sendable, CustomTestStringConvertible {
    let text: String
    let int: Int64?
    let double: Double?
    var testDescription: String { text }

    init(_ text: String, _ int: Int64?, _ double: Double?) {
      (self.text, self.int, self.double) = (text, int, double)
    }
  }

  static let cases = [
    Case("0", 0, 0),
    Case("-0", 0, -0.0),
    Case("9007199254740993", 9_007_199_254_740_993, 9_007_199_254_740_992),
    Case("9223372036854775807", .max, 0x1p63),
    Case("-9223372036854775808", .min, -0x1p63),
    Case("9223372036854775808", nil, 0x1p63),
    Case("18446744073709551615", nil, 0x1p64),
    Case("-9223372036854775809", nil, -0x1p63),
    Case("123456789012345678901234567890", nil, 123_456_789_012_345_677_877_719_597_056),
    Case("1.0", 1, 1),
    Case("1e3", 1000, 1000),
    Case("1.5", nil, 1.5),
    Case("1e400", nil, .infinity),
    Case("-1e400", nil, -.infinity),
    Case("1e-400", nil, 0),
    Case("0e-400", 0, 0),
    Case("0.1", nil, 0.1),
    Case("1E+2", 100, 100),
    Case("9007199254740993.0", 9_007_199_254_740_993, 9_007_199_254_740_992),
    Case("9007199254740992.5", nil, 9_007_199_254_740_992),
    Case("1.00000000000000000001", nil, 1),
    Case("1e17", 100_000_000_000_000_000, 1e17),
    Case("922337203685477580.7e1", .max, 0x1p63),
    Case("-9223372036854775808.0", .min, -0x1p63),
    Case("9223372036854775808.0", nil, 0x1p63),
    Case("1e999999999", nil, .infinity),
    Case("1e-99999999999999999999", nil, 0),
  ]

  @Test("a number keeps its text, and is an integer only if exactly so", arguments: cases)
  func values(number: Case) throws {
    let json = try JSON.parse("[\(number.text)]")[0]
    #expect(json?.kind == .number)
    #expect(json?.numberText == number.text)
    #expect(json?.intValue == number.int)
    #expect(json?.doubleValue == number.double)
    #expect(json?.text == number.text)
    #expect(JSON.number(number.text).intValue == number.int)
    #expect(JSON.number(number.text) == json)
  }

  @Test("a document may be one large number")
  func root() throws {
    #expect(try JSON.parse(" 18446744073709551616 ").numberText == "18446744073709551616")
    #expect(throws: JSONError.self) { try JSON.parse("18446744073709551616x") }
    #expect(throws: JSONError.self) { try JSON.parse("[18446744073709551616, 1.2.3]") }
    #expect(throws: JSONError.self) { try JSON.parse("[018446744073709551616]") }
  }

  @Test(
    "doubles are written in their shortest form",
    arguments: [
      (0.1, "0.1"), (1.0, "1.0"), (-0.0, "-0.0"), (1e21, "1e+21"),
      (.leastNonzeroMagnitude, "5e-324"), (1.0 / 3, "0.3333333333333333"),
      (.nan, "null"), (.infinity, "null"), (-.infinity, "null"),
    ])
  func doubles(value: Double, text: String) throws {
    #expect(JSON.double(value).text == text)
    #expect(try JSON.parse(text).doubleValue == (value.isFinite ? value : nil))
  }

  @Test("a text that is no number is never written as one", arguments: ["", "abc", "0x10", "01", ".5", "1_000", "1 "])
  func invalidText(text: String) throws {
    #expect(JSON.number(text).text == JSON.string(text).text)
  }
}
