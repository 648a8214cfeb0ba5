// Multipart forms, byte for byte.
import Foundation
import JSONCodec
import Testing
import Workflows

@Suite("Multipart forms")
struct MultipartTests {
  private func data(
    _ body: [UInt8], type: String = "multipart/form-data; boundary=X", kind: BodyKind = .auto
  ) throws(BodyError) -> JSON {
    try request(body, type: type, kind: kind).data()
  }

  private func form(_ text: String, type: String = "multipart/form-data; boundary=X") throws(BodyError) -> JSON {
    try data(Array(text.utf8), type: type)
  }

  @Test("Fields and files arrive with their exact bytes")
  func files() throws {
    let file: [UInt8] = [0, 0xFF, 0x0D, 0x0A, 0x2D, 0x2D, 0x58, 0x58, 0x0D, 0x0A, 0x0D, 0x0A]
    var body = Array("--X\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nHéllo\r\n".utf8)
    body += Array(
      "--X\r\ncontent-disposition: form-data; name=\"f\"; filename=\"a b.bin\"\r\nContent-Type: image/png\r\n\r\n".utf8)
    body += file
    body += Array("\r\n--X--\r\nignored".utf8)
    let form = try data(body)
    #expect(form["title"]?.stringValue == "Héllo")
    #expect(form["f"]?["filename"]?.stringValue == "a b.bin")
    #expect(form["f"]?["contentType"]?.stringValue == "image/png")
    #expect(form["f"]?["size"]?.intValue == Int64(file.count))
    #expect(Data(base64Encoded: form["f"]?["base64"]?.stringValue ?? "").map(Array.init) == file)
    #expect(throws: Never.self) {
      try WebhookRequest.checkBody(body, contentType: "multipart/form-data; boundary=X", kind: .auto)
    }
  }

  @Test(
    "Forms of all makes are read",
    arguments: [
      ("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X--", #"{"a":"1"}"#),
      ("--X\nContent-Disposition: form-data; name=\"a\"\n\n1\n--X--\n", #"{"a":"1"}"#),
      ("preamble\r\n--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--X--", #"{"a":""}"#),
      ("--X\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n--X--", #"{"a":""}"#),
      ("--X--\r\n", "{}"),
      (
        "--X  \r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\n1\r\n--X\r\nContent-Disposition: form-data; name=\"a[c]\"\r\n\r\n2\r\n--X--",
        #"{"a":{"b":"1","c":"2"}}"#
      ),
      (
        "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--X\r\nContent-Disposition: form-data; name=a\r\n\r\n2\r\n--X--",
        #"{"a":["1","2"]}"#
      ),
      ("--X\r\nContent-Disposition: form-data;\r\n name=\"a;b\"\r\n\r\n--Xy\r\n--X--", #"{"a;b":"--Xy"}"#),
      ("--X\r\nContent-Disposition: form-data; name=\"a\\\"b\"\r\n\r\nx--X\r\n--X--", #"{"a\"b":"x--X"}"#),
      (
        "--X\r\nContent-Disposition: form-data; name=a\r\nContent-Type: text/plain; charset=iso-8859-1\r\n\r\nx\r\n--X--",
        #"{"a":"x"}"#
      ),
    ])
  func makes(text: String, json: String) throws {
    #expect(try form(text).text == json)
  }

  @Test(
    "A part of a type that is no text is a file without a name",
    arguments: [
      ("image/png", true), ("application/octet-stream", true), ("text/csv", false), ("application/json", false),
      ("application/x-www-form-urlencoded", false), ("", false),
    ])
  func unnamedFiles(type: String, isFile: Bool) throws {
    let head = "--X\r\nContent-Disposition: form-data; name=f\r\nContent-Type: \(type)\r\n\r\n"
    let body = Array(head.utf8) + (isFile ? [0xFF, 0x00] : [0x68]) + Array("\r\n--X--".utf8)
    try WebhookRequest.checkBody(body, contentType: "multipart/form-data; boundary=X", kind: .auto)
    let value = try data(body)["f"]
    #expect(value?["filename"]?.isNull == (isFile ? true : nil))
    #expect(isFile ? value?["base64"] == "/wA=" : value == "h")
  }

  @Test(
    "File names in all spellings",
    arguments: [
      ("filename=\"a.txt\"", "a.txt"), ("filename=a.txt", "a.txt"), ("filename=\"\"", ""),
      ("filename=\"x.txt\"; filename*=UTF-8''%E2%82%AC%20rates.txt", "€ rates.txt"),
      ("filename*=utf-8'en'caf%C3%A9", "café"), ("filename*=iso-8859-1''caf%E9", "café"),
      ("filename=\"C:\\dir\\a.txt\"", "C:\\dir\\a.txt"), ("filename=\"a\\\"b\"", "a\"b"),
      ("filename=\"日本.txt\"", "日本.txt"), ("filename=a.txt; filename*=nonsense", "a.txt"),
      ("filename*=klingon''b; filename=a.txt", "a.txt"), ("filename=a.txt; filename*=UTF-8''%zz", "a.txt"),
    ])
  func filenames(parameter: String, name: String) throws {
    let text = "--X\r\nContent-Disposition: form-data; name=f; \(parameter)\r\n\r\nx\r\n--X--"
    #expect(try form(text)["f"]?["filename"]?.stringValue == name)
  }

  @Test("The boundary may be quoted, and its end is not taken for its beginning")
  func boundary() throws {
    let text = "--a b'()+_,-./:=?\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n--a b'()+_,-./:=?--"
    #expect(
      try form(text, type: "multipart/form-data; charset=utf-8; boundary=\"a b'()+_,-./:=?\"")["a"]?.stringValue == "1")
    #expect(try data(Array("a=1".utf8), type: "multipart/mixed; boundary=X").stringValue == "YT0x")
    #expect(try data(Array("--X--".utf8), kind: .form).text == "{}")
  }

  @Test(
    "Broken forms are refused",
    arguments: [
      ("", "multipart/form-data", "names no boundary"),
      ("x", "multipart/form-data; boundary=X", "does not stand in the body"),
      (
        "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1", "multipart/form-data; boundary=X",
        "without its closing boundary"
      ),
      ("--X\r\n\r\n1\r\n--X--", "multipart/form-data; boundary=X", "has no name"),
      (
        "--X\r\nContent-Disposition: attachment; name=a\r\n\r\n1\r\n--X--", "multipart/form-data; boundary=X",
        "has no name"
      ),
      ("--X\r\nnonsense\r\n\r\n1\r\n--X--", "multipart/form-data; boundary=X", "header without \":\""),
      ("--X\r\nContent-Disposition: form-data; name=a\r\n--X--", "multipart/form-data; boundary=X", ""),
      (
        "--X\r\nContent-Disposition: form-data; name=a; filename*=nonsense\r\n\r\n1\r\n--X--",
        "multipart/form-data; boundary=X", "UTF-8''name"
      ),
      ("--X--", "multipart/form-data; boundary=" + String(repeating: "b", count: 71), "longer than 70"),
    ].filter { !$0.2.isEmpty })
  func broken(text: String, type: String, message: String) {
    let body = text.isEmpty ? "x" : text
    #expect {
      try form(body, type: type)
    } throws: { error in
      guard let error = error as? BodyError else { return false }
      return error.kind == .malformed && error.message.contains(message)
    }
  }

  @Test("Parts, headers and depth are bounded, and text must fit its charset")
  func limits() {
    let part = "--X\r\nContent-Disposition: form-data; name=a\r\n\r\n1\r\n"
    #expect { try form(String(repeating: part, count: 1001) + "--X--") } throws: {
      ($0 as? BodyError)?.kind == .tooMany
    }
    let header = "--X\r\nA: " + String(repeating: "x", count: 17_000) + "\r\n\r\n--X--"
    #expect { try form(header) } throws: { ($0 as? BodyError)?.kind == .tooMany }
    let deep =
      "--X\r\nContent-Disposition: form-data; name=a" + String(repeating: "[x]", count: 40) + "\r\n\r\n1\r\n--X--"
    #expect { try form(deep) } throws: { ($0 as? BodyError)?.kind == .tooDeep }
    let bytes = Array("--X\r\nContent-Disposition: form-data; name=a\r\n\r\n".utf8) + [0xFF] + Array("\r\n--X--".utf8)
    #expect { try data(bytes) } throws: { ($0 as? BodyError)?.kind == .charset }
    #expect {
      try WebhookRequest.checkBody(bytes, contentType: "multipart/form-data; boundary=X", kind: .auto)
    } throws: { ($0 as? BodyError)?.kind == .charset }
  }
}
