// Looking inside a document that is kept as it came.
import JSONCodec
import Testing

@Suite("JSON access")
struct AccessTests {
  let order: JSON

  init() throws {
    order = try JSON.parse(
      """
      { "id": 9007199254740993, "customer": {"name": "Zo\\u00eb \\"Z\\"", "vip": true, "note": null},
        "items": [{"sku": "a"}, {"sku": "b", "price": 12.50}], "z": 1, "a": 2, "z": 3,
        "cl\\u0065f": "escaped key", "rocket": "\\ud83d\\ude80", "half": "x\\ud83dy" }
      """)
  }

  @Test("members and elements are found by key and index")
  func navigation() {
    #expect(order["customer"]?["name"]?.stringValue == "Zoë \"Z\"")
    #expect(order["customer"]?["vip"]?.boolValue == true)
    #expect(order["customer"]?["note"]?.isNull == true)
    #expect(order["items"]?[1]?["sku"]?.stringValue == "b")
    #expect(order["items"]?.count == 2)
    #expect(order["items"]?.elements.map { $0["sku"]?.stringValue } == ["a", "b"])
  }

  @Test("what is not there is nil")
  func absence() {
    #expect(order["nothing"] == nil)
    #expect(order["items"]?[2] == nil)
    #expect(order["items"]?[-1] == nil)
    #expect(order["id"]?["x"] == nil)
    #expect(order[0] == nil)
    #expect(order["items"]?["sku"] == nil)
    #expect(order["id"]?.stringValue == nil)
    #expect(order["id"]?.count == 0)
    #expect(order.elements.isEmpty)
  }

  @Test("keys are compared unescaped")
  func escapedKey() {
    #expect(order["clef"]?.stringValue == "escaped key")
  }

  @Test("keys keep their order, and of equal ones the last value counts")
  func duplicates() {
    let keys = ["id", "customer", "items", "z", "a", "clef", "rocket", "half"]
    #expect(order.members.map(\.key) == keys)
    #expect(order.count == keys.count)
    #expect(order["z"]?.intValue == 3)
    #expect(order.members[3].value.intValue == 3)
  }

  @Test("surrogate pairs are one character, halves the replacement character")
  func surrogates() {
    #expect(order["rocket"]?.stringValue == "🚀")
    #expect(order["half"]?.stringValue == "x\u{FFFD}y")
  }

  @Test("keys are told apart code point by code point")
  func canonicalEquivalence() throws {
    let json = try JSON.parse("{\"\u{E9}\": 1, \"e\u{301}\": 2}")
    #expect(json.count == 2)
    #expect(json["\u{E9}"]?.intValue == 1)
    #expect(json["e\u{301}"]?.intValue == 2)
  }

  @Test("a slice keeps its source bytes")
  func slices() {
    #expect(order["items"]?[1]?["price"]?.numberText == "12.50")
    #expect(order["items"].map { String(decoding: $0.bytes, as: UTF8.self) }?.contains("12.50}]") == true)
    #expect(order["customer"]?["name"]?.text == "\"Zo\\u00eb \\\"Z\\\"\"")
  }

  @Test("a resolved value shows its case")
  func resolved() {
    guard case .int(9_007_199_254_740_993)? = order["id"]?.resolved,
      case .object(let object)? = order["customer"]?.resolved, case .array? = order["items"]?.resolved
    else {
      Issue.record("unexpected cases")
      return
    }
    #expect(object.keys == ["name", "vip", "note"])
  }

  @Test("many threads read one document")
  func threads() async {
    let order = order
    await withTaskGroup(of: String?.self) { group in
      for _ in 0..<64 { group.addTask { order["customer"]?["name"]?.stringValue } }
      for await name in group { #expect(name == "Zoë \"Z\"") }
    }
  }
}
