// How values look when they leave.
import JSONCodec
import Testing

@Suite("JSON writing")
struct WritingTests {
  @Test(
    "strings are escaped where they must be and nowhere else",
    arguments: [
      ("plain", "\"plain\""), ("\"\\/", "\"\\\"\\\\/\""), ("\n\r\t\u{8}\u{C}", "\"\\n\\r\\t\\b\\f\""),
      ("\u{0}\u{1F}\u{7F}", "\"\\u0000\\u001f\u{7F}\""), ("Zoë 🚀\u{2028}", "\"Zoë 🚀\u{2028}\""), ("", "\"\""),
    ])
  func strings(value: String, text: String) throws {
    #expect(JSON.string(value).text == text)
    #expect(try JSON.parse(text).stringValue == value)
  }

  @Test("literals build values that are written compactly in order")
  func literals() {
    let json: JSON = ["b": 1, "a": [true, nil, 1.5, "x\("y")"], "empty": [:], "none": []]
    #expect(json.text == "{\"b\":1,\"a\":[true,null,1.5,\"xy\"],\"empty\":{},\"none\":[]}")
    #expect("\(json)" == json.text)
  }

  @Test("a slice is written as it came, or without its white space")
  func slices() throws {
    let body = " { \"a b\" : [ 1.50 , \"x  \\u0041\" ] }\r\n"
    let json = try JSON.parse(body)
    #expect(json.bytes == Array(body.utf8))
    #expect(json.text == "{\"a b\":[1.50,\"x  \\u0041\"]}")
    let wrapped: JSON = ["data": json["a b"] ?? nil, "n": 1]
    #expect(String(decoding: wrapped.bytes, as: UTF8.self) == "{\"data\":[ 1.50 , \"x  \\u0041\" ],\"n\":1}")
    #expect(wrapped.text == "{\"data\":[1.50,\"x  \\u0041\"],\"n\":1}")
    #expect(try JSON.parse("  \"a b\"  ").text == "\"a b\"")
  }

  @Test("white space of every length is minified", arguments: 0..<140)
  func minify(length: Int) throws {
    let space = String(repeating: " ", count: length)
    let json = try JSON.parse("[\(space)\"\(space)\"\(space),\(space){}\(space)]\(space)")
    #expect(json.text == "[\"\(space)\",{}]")
  }

  @Test("pretty JSON is indented by two spaces")
  func pretty() throws {
    let json = try JSON.parse("{\"a\":[1,{\"b\":\"x\"}],\"c\":{},\"d\":[],\"e\\n\":null}")
    #expect(
      json.pretty == """
        {
          "a": [
            1,
            {
              "b": "x"
            }
          ],
          "c": {},
          "d": [],
          "e\\n": null
        }
        """)
    #expect(JSON.string("x").pretty == "\"x\"")
  }
}
