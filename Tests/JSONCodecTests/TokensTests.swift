// The row of tokens that a parsed document is.

import JSONCodec
import Testing

@Suite("Tokens of documents")
struct TokensTests {
  @Test("containers name the place after them, strings whether their bytes are their text")
  func walk() throws {
    let text = #"{"a": [1, "x\n"], "\u0062": {}}"#
    let tokens = try JSONTokens(JSON.parse(text))
    let rows = (0..<Int(tokens[tokens.root].next)).map { place in
      let token = tokens[place]
      let source = String(decoding: tokens.bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
      return "\(source) \(token.next) \(token.count)"
    }
    #expect(
      rows == [
        "\(text) 7 2", #""a" 2 0"#, #"[1, "x\n"] 5 2"#, "1 4 0", #""x\n" 5 1"#, #""\u0062" 6 1"#, "{} 7 0",
      ])
    #expect(tokens.string(at: 4) == "x\n")
    #expect(tokens.string(at: 5) == "b")
    #expect(tokens.value(at: 2) == [1, "x\n"])
  }

  @Test("a part of a document keeps its places, and a value made of Swift values is written and parsed")
  func roots() throws {
    let document = try JSON.parse(#"[true, {"a": null}]"#)
    let part = try JSONTokens(try #require(document[1]))
    #expect(part.root == 2)
    #expect(part[part.root].next == 5)
    let made = try JSONTokens(["a": 1.5])
    #expect(String(decoding: made.bytes, as: UTF8.self) == #"{"a":1.5}"#)
    let deep = (0..<2000).reduce(JSON.array([])) { inner, _ in [inner] }
    #expect(throws: JSONError.self) { try JSONTokens(deep) }
  }
}
