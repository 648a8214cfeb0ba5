// Ordered members, small and large.
import JSONCodec
import Testing

@Suite("JSON objects")
struct JSONObjectTests {
  @Test("members are set, replaced and removed in place", arguments: [3, 16, 17, 100])
  func changes(size: Int) {
    var object = JSONObject((0..<size).map { ("k\($0)", .int(Int64($0))) })
    #expect(object.count == size)
    object["k1"] = "changed"
    object["new"] = true
    object["k0"] = nil
    object["absent"] = nil
    #expect(object.keys == (1..<size).map { "k\($0)" } + ["new"])
    #expect(object["k1"] == "changed")
    #expect(object["k0"] == nil)
    #expect(object["k\(size - 1)"] == .int(Int64(size - 1)))
    #expect(object["new"] == true)
  }

  @Test("a repeated key keeps its first place and its last value")
  func duplicates() {
    let object = JSONObject([("a", 1), ("b", 2), ("a", 3)])
    #expect(object.keys == ["a", "b"])
    #expect(object["a"] == 3)
  }

  @Test("null is a value, not an absence")
  func null() {
    let object: JSONObject = ["a": nil]
    #expect(object.count == 1)
    #expect(object["a"]?.isNull == true)
  }
}
