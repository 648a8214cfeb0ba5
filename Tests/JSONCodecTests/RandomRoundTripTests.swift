// Any value that can be built is written as JSON that reads back as itself, in every form.
import JSONCodec
import TestSupport
import Testing

@Suite("JSON round trips")
struct RandomRoundTripTests {
  @Test("random values survive writing and parsing", arguments: [UInt64.random(in: 0 ... .max), 1, 2])
  func roundTrip(seed: UInt64) throws {
    print("random round trip of JSON: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<300 {
      let value = JSON.random(depth: 5, using: &random)
      let parsed = try JSON.parse(value.bytes)
      #expect(parsed == value, "seed \(seed)")
      #expect(parsed.rebuilt == value, "seed \(seed)")
      #expect(parsed.bytes == value.bytes, "seed \(seed)")
      #expect(parsed.rebuilt.bytes == value.bytes, "seed \(seed)")
      #expect(try JSON.parse(value.pretty).text == value.text, "seed \(seed)")
    }
  }

  @Test(
    "numbers close to each other have the order of their digits, whatever holds them",
    arguments: [UInt64.random(in: 0 ... .max), 4])
  func numberOrder(seed: UInt64) throws {
    print("random numbers of JSON: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    for _ in 0..<5000 {
      // Two whole numbers that are the same or nearly so, as they are or with a point or an exponent somewhere.
      let size = UInt64(1) << UInt64.random(in: 0...62, using: &random)
      let whole = Int64(UInt64.random(in: 0..<size, using: &random)) * (Bool.random(using: &random) ? 1 : -1)
      let (one, other) = (whole, whole + Int64.random(in: -1...1, using: &random))
      let scale = Int.random(in: -3...3, using: &random)
      let (left, right) = (one.written(scale, using: &random), other.written(scale, using: &random))
      let (first, second) = (try #require(left.number), try #require(right.number))
      #expect((first < second) == (one < other), "seed \(seed): \(left) \(right)")
      #expect((first == second) == (one == other), "seed \(seed): \(left) \(right)")
      #expect((left == right) == (one == other), "seed \(seed): \(left) \(right)")
    }
  }

  @Test(
    "damaged documents never crash the parser, and its two entries agree",
    arguments: [UInt64.random(in: 0 ... .max), 3])
  func damage(seed: UInt64) {
    print("random damage of JSON: seed \(seed)")
    var random = SeededGenerator(seed: seed)
    let alphabet = Array("[]{}:,\"\\u0d819eE+-.tfn \n\u{1}é".utf8)
    for _ in 0..<1000 {
      var bytes = JSON.random(depth: 4, using: &random).bytes
      for _ in 0..<Int.random(in: 1...3, using: &random) {
        let place = Int.random(in: 0...bytes.count, using: &random)
        bytes.insert(alphabet[Int.random(in: 0..<alphabet.count, using: &random)], at: place)
        if Bool.random(using: &random) { bytes.remove(at: Int.random(in: 0..<bytes.count, using: &random)) }
      }
      do {
        let json = try JSON.parse(bytes)
        #expect(try JSON.parse(json.rebuilt.bytes) == json, "seed \(seed)")
        try JSON.validate(bytes)
      } catch {
        #expect(throws: error) { try JSON.validate(bytes) }
      }
    }
  }
}

extension JSON {
  static func random(depth: Int, using random: inout SeededGenerator) -> JSON {
    switch Int.random(in: 0..<(depth > 0 ? 9 : 6), using: &random) {
    case 0: .null
    case 1: .bool(Bool.random(using: &random))
    case 2: .int(Int64.random(in: .min ... .max, using: &random) >> Int64.random(in: 0..<64, using: &random))
    case 3: .double(randomDouble(using: &random))
    case 4: .number((0..<30).map { _ in String(Int.random(in: 1...9, using: &random)) }.joined())
    case 5: .string(randomText(using: &random))
    case 6: .array((0..<Int.random(in: 0..<6, using: &random)).map { _ in .random(depth: depth - 1, using: &random) })
    default:
      .object(
        JSONObject(
          (0..<Int.random(in: 0..<24, using: &random)).map { _ in
            (randomText(using: &random), .random(depth: depth - 2, using: &random))
          }))
    }
  }

  private static func randomDouble(using random: inout SeededGenerator) -> Double {
    let value = Double(bitPattern: random.next())
    return value.isFinite ? value : 0.5
  }

  private static func randomText(using random: inout SeededGenerator) -> String {
    var text = String.UnicodeScalarView()
    for _ in 0..<Int.random(in: 0..<20, using: &random) {
      let limit: UInt32 = Bool.random(using: &random) ? 0x7F : 0x10FFFF
      if let scalar = Unicode.Scalar(UInt32.random(in: 0...limit, using: &random)) { text.append(scalar) }
    }
    return String(text)
  }
}

extension Int64 {
  /// This number times a power of ten.
  fileprivate func written(_ scale: Int, using random: inout SeededGenerator) -> JSON {
    let digits = magnitude.description
    let sign = self < 0 ? "-" : ""
    switch Int.random(in: 0...2, using: &random) {
    case 0 where scale >= 0: return .number(sign + digits + (self == 0 ? "" : String(repeating: "0", count: scale)))
    case 1 where scale < 0:
      let padded = String(repeating: "0", count: Swift.max(0, 1 - scale - digits.count)) + digits
      return .number("\(sign)\(padded.dropLast(-scale)).\(padded.suffix(-scale))")
    default: return .number("\(sign)\(digits).0e\(scale)")
    }
  }
}
