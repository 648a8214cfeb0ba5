// Bodies by content type, by the trigger's word, and by their looks.
import JSONCodec
import Testing
import Workflows

@Suite("Bodies")
struct BodyTests {
  private func data(_ text: String, _ type: String?, _ kind: BodyKind = .auto) throws(BodyError) -> JSON {
    try request(Array(text.utf8), type: type, kind: kind).data()
  }

  @Test(
    "The content type decides",
    arguments: [
      ("{\"a\":1}", "application/json", #"{"a":1}"#), ("[1]", "Application/JSON; charset=utf-8", "[1]"),
      ("{\"a\":1}", "application/vnd.github+json", #"{"a":1}"#), ("\u{FEFF}{\"a\":1}", "application/json", #"{"a":1}"#),
      ("5", "application/json", "5"), ("a=1&b[c]=2", "application/x-www-form-urlencoded", #"{"a":"1","b":{"c":"2"}}"#),
      ("<a/>", "application/xml", "\"<a/>\""), ("<a/>", "application/soap+xml", "\"<a/>\""),
      ("hi", "text/plain", "\"hi\""),
      ("{}", "text/plain", "\"{}\""), ("hi", "application/octet-stream", "\"aGk=\""), ("hi", "image/png", "\"aGk=\""),
      ("", "application/json", "null"), ("", "text/plain", "null"), ("", nil, "null"), ("", "image/png", "null"),
    ])
  func types(text: String, type: String?, json: String) throws {
    #expect(try data(text, type).text == json)
  }

  @Test(
    "A missing content type is sniffed",
    arguments: [
      ("{\"a\":1}", #"{"a":1}"#), ("\u{FEFF} {\"a\":1}", #"{"a":1}"#), (" [1, 2]", "[1,2]"), ("{broken", "\"{broken\""),
      ("a=1&b=2", #"{"a":"1","b":"2"}"#),
      ("hello=world", #"{"hello":"world"}"#), ("a%20b=c+d", #"{"a b":"c d"}"#), ("hello world", "\"hello world\""),
      ("aGVsbG8=", "\"aGVsbG8=\""), ("<a b=\"1\"/>", "\"<a b=\\\"1\\\"/>\""), ("12", "\"12\""),
      ("x=1\ny=2", "\"x=1\\ny=2\""),
      ("a=%zz", "\"a=%zz\""), ("é", "\"é\""), ("https://x.example/?a=1", "\"https://x.example/?a=1\""),
    ])
  func sniffing(text: String, json: String) throws {
    #expect(try data(text, nil).text == json)
    #expect(try data(text, "").text == json)
  }

  @Test("Bytes that are no text become base64 when nothing says what they are")
  func sniffedBytes() throws {
    #expect(try request([0xFF, 0x00], type: nil).data() == "/wA=")
  }

  @Test("The trigger's word overrides the content type")
  func kinds() throws {
    #expect(try data("{\"a\":1}", "text/plain", .json)["a"]?.intValue == 1)
    #expect(try data("a=1", "text/plain", .form) == ["a": "1"])
    #expect(try data("{\"a\":1}", "application/json", .text) == "{\"a\":1}")
    #expect(try data("{\"a\":1}", "application/json", .bytes) == "eyJhIjoxfQ==")
    #expect(try data("", "application/json", .bytes).isNull)
    #expect { try data("<a/>", "application/xml", .json) } throws: { ($0 as? BodyError)?.kind == .malformed }
  }

  @Test("JSON in another charset than UTF-8 is refused with that reason, JSON that only says so is read")
  func charsetOfJSON() throws {
    #expect(try data("{\"a\":1}", "application/json; charset=iso-8859-1").text == #"{"a":1}"#)
    for (bytes, charset) in [([0xFF, 0xFE, 0x7B, 0, 0x7D, 0], "utf-16"), ([0x22, 0xE4, 0x22], "ISO-8859-1")]
      as [([UInt8], String)]
    {
      #expect {
        try request(bytes, type: "application/json; charset=\(charset)").data()
      } throws: { error in
        guard let error = error as? BodyError else { return false }
        return error.kind == .malformed && error.message.contains("must be UTF-8") && error.message.contains(charset)
      }
    }
  }

  @Test("An empty body that should be JSON is refused where JSON is read", arguments: BodyKind.allCases)
  func emptyJSON(kind: BodyKind) {
    let check = Result {
      try WebhookRequest.checkBody([], contentType: "application/json", kind: kind, mayBeEmpty: false)
    }
    let isRefused = if case .failure = check { true } else { false }
    #expect(isRefused == (kind == .auto || kind == .json))
  }

  @Test("A JSON body keeps its bytes")
  func exact() throws {
    let bytes = Array(#"{ "b": 1.0, "a": 12345678901234567890 }"#.utf8)
    #expect(try request(bytes, type: "application/json").data().bytes == bytes)
  }

  @Test(
    "Charsets are honoured, and bytes that do not fit are an error",
    arguments: [
      ([0x63, 0xE9], "iso-8859-1", "cé"), ([0xFE, 0xFF, 0x00, 0x68], "utf-16", "h"),
      ([0xFF, 0xFE, 0x68, 0x00], "utf-16", "h"),
      ([0x68, 0x00], "utf-16le", "h"), ([0x00, 0x68], "UTF-16BE", "h"), ([0x68], "us-ascii", "h"),
      ([0x80], "windows-1252", "€"), ([0x93, 0xFA, 0x96, 0x7B, 0xB1], "shift_jis", "日本ｱ"),
      ([0xC6, 0xFC, 0xCB, 0xDC, 0x8E, 0xB1, 0x61], "EUC-JP", "日本ｱa"), ([0xF4, 0xA6, 0xA1, 0xE0], "euc-jp", "熙÷"),
      ([0xC4, 0xE3, 0xBA, 0xC3], "gbk", "你好"), ([0xEF, 0xBB, 0xBF, 0x68], "utf-8", "h"),
    ] as [([UInt8], String, String)])
  func charsets(bytes: [UInt8], charset: String, text: String) throws {
    #expect(try request(bytes, type: "text/plain; charset=\"\(charset)\"").data().stringValue == text)
  }

  @Test("Unknown charsets and invalid text are refused with their place")
  func wrongCharsets() {
    for (bytes, charset, offset) in [
      ([0x61, 0x62, 0xFF], "utf-8", 2), ([0x61, 0xC3], "utf-8", 1), ([0x61], "klingon", 0),
      ([0x00, 0x68, 0x00], "utf-16", 2), ([0xC6], "euc-jp", 0), ([0x8F, 0xB0, 0xA1], "euc-jp", 0),
      ([0xD8, 0x00, 0x00, 0x68], "utf-16be", 0),
    ] as [([UInt8], String, Int)] {
      #expect {
        try request(bytes, type: "text/plain; charset=\(charset)").data()
      } throws: { error in
        guard let error = error as? BodyError else { return false }
        return error.kind == .charset && error.offset == offset
      }
    }
  }

  @Test("Malformed and excessive JSON is refused, also without building it")
  func malformed() {
    let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
    for (text, kind) in [("{\"a\":}", BodyError.Kind.malformed), (deep, .tooDeep), ("{} x", .malformed)] {
      #expect { try data(text, "application/json") } throws: { ($0 as? BodyError)?.kind == kind }
      #expect {
        try WebhookRequest.checkBody(Array(text.utf8), contentType: "application/json", kind: .auto)
      } throws: { ($0 as? BodyError)?.kind == kind }
    }
    var limits = BodyLimits()
    limits.json.nodes = 10
    let many = Array(("[" + String(repeating: "1,", count: 50) + "1]").utf8)
    #expect { try request(many, type: "application/json").data(limits: limits) } throws: {
      ($0 as? BodyError)?.kind == .tooMany
    }
    #expect(throws: Never.self) { try WebhookRequest.checkBody([0xFF], contentType: "image/png", kind: .auto) }
    #expect(throws: Never.self) { try WebhookRequest.checkBody([], contentType: "application/json", kind: .auto) }
    #expect(throws: BodyError.self) {
      try WebhookRequest.checkBody([], contentType: "application/json", kind: .auto, mayBeEmpty: false)
    }
    #expect(throws: Never.self) {
      try WebhookRequest.checkBody([], contentType: "text/plain", kind: .auto, mayBeEmpty: false)
    }
  }
}
