// Bodies and queries, in each of the ways to read them.

import JSONCodec
import Workflows

extension FuzzTarget {
  static let json = FuzzTarget(
    name: "json",
    seeds: [#"{"a":[1,-2.5e3,"x\u00e9\ud83d\ude80",true,null,{}],"a":18446744073709551616}"#, " [1E400, -0] "]
  ) { bytes in
    let validated: Void? = try? JSON.validate(bytes)
    guard let value = try? JSON.parse(bytes) else {
      demand(validated == nil, "validated, but not parsed")
      return
    }
    demand(validated != nil, "parsed, but not validated")
    demand(value.bytes == bytes, "not written as it came")
    let rebuilt = value.rebuilt
    for written in [Array(value.text.utf8), Array(value.pretty.utf8), rebuilt.bytes, Array(rebuilt.pretty.utf8)] {
      guard let again = try? JSON.parse(written, limits: JSONLimits(depth: 200, nodes: 2_000_000)) else {
        fatalError("written, but not parsed")
      }
      demand(again == value && value == again, "not the same value")
    }
    _ = try? JSONTokens(value)
  }

  static let form = FuzzTarget(name: "form", seeds: ["a=1&b[c][]=%C3%A9&b[c][]=+&d[0]=x&d[1]=y&d=z"]) { bytes in
    read(bytes, "application/x-www-form-urlencoded", .form)
  }

  static let query = FuzzTarget(name: "query", seeds: ["a=1&b[c]=2&a=3&%5B=%5D"]) { bytes in
    guard let value = try? QueryString.parse(bytes.text) else { return }
    demand(value.kind == .object, "a query is an object")
    demand((try? JSON.parse(value.bytes)) == value, "not the same value")
  }

  static let multipart = FuzzTarget(
    name: "multipart",
    seeds: [
      "--b\r\nContent-Disposition: form-data; name=\"a[b]\"\r\n\r\n1\r\n--b\r\n"
        + "content-disposition: form-data; name=f; filename*=UTF-8''%C3%A9.txt\r\ncontent-type: text/plain\r\n"
        + " ;charset=gbk\r\n\r\nx\r\n--b--\r\n",
      "--b\nContent-Disposition: form-data; name=a\nContent-Type: text/plain; charset=utf-16\n\n\n--b--",
    ]
  ) { bytes in
    read(bytes, "multipart/form-data; boundary=b", .auto)
  }

  private static let charsets = [
    "utf-8", "us-ascii", "iso-8859-1", "utf-16", "utf-16be", "utf-16le", "windows-1252", "shift_jis", "euc-jp", "gbk",
    "gb18030", "\"", "",
  ]

  /// The first byte chooses the charset.
  static let text = FuzzTarget(
    name: "text", seeds: charsets.indices.map { "\(Character(Unicode.Scalar(UInt8($0))))Zurich 1" }
  ) { bytes in
    guard let first = bytes.first else { return }
    let charset = charsets[Int(first) % charsets.count]
    let content = Array(bytes.dropFirst())
    read(content, "text/plain; charset=\(charset)", .text)
    read(content, "application/x-www-form-urlencoded; charset=\(charset)", .auto)
  }

  /// The first byte chooses the kind; then the content type, a separator, and the body.
  static let body = FuzzTarget(
    name: "body",
    seeds: [
      "0\u{1E}{\"a\":[1]}", "1application/json\u{1E}{}", "0application/vnd.api+json; charset=utf-8\u{1E}[1]",
      "0\u{1E}a=b&c=d",
      "0multipart/form-data; boundary=\"x y\"\u{1E}--x y\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n1"
        + "\r\n--x y--",
      "4image/png\u{1E}\u{0}\u{1}", "3text/csv;charset=\"shift_jis\"\u{1E}a,b",
    ]
  ) { bytes in
    guard let first = bytes.first else { return }
    let parts = Array(bytes.dropFirst()).parts(2)
    read(parts[1], parts[0].text, BodyKind.allCases[Int(first) % BodyKind.allCases.count])
  }

  static let envelope = FuzzTarget(
    name: "envelope",
    seeds: [
      WebhookRequest(
        workflow: "orders", version: 3, receivedAt: 1_771_444_895_000, method: "POST", path: "/a",
        clientAddress: "192.0.2.1", query: ["a": "1"], headers: ["x": "y"], contentType: "text/plain", bodyKind: .text,
        body: Array("body".utf8)
      ).encoded().text, Reply(status: 201, headers: [("x", "y")], body: [65]).encoded().text,
    ]
  ) { bytes in
    if let request = try? WebhookRequest(decoding: bytes) {
      guard let again = try? WebhookRequest(decoding: request.encoded()) else {
        fatalError("written, but not read")
      }
      let isSame = again.body == request.body && again.path == request.path && again.query == request.query
      demand(isSame, "not the same request")
      for field in ["data", "headers", "query", "params", "rawBody", "method"] {
        _ = try? request.value(ofContext: field)
      }
    }
    if let reply = try? Reply(decoding: bytes) {
      demand((try? Reply(decoding: reply.encoded()))?.body == reply.body, "written, but not read")
    }
  }

  /// The check and the reading agree, and what is read can be written and read again.
  private static func read(_ body: [UInt8], _ contentType: String, _ kind: BodyKind) {
    let isAccepted = (try? WebhookRequest.checkBody(body, contentType: contentType, kind: kind)) != nil
    let request = WebhookRequest(
      workflow: "a", version: 1, receivedAt: 0, method: "POST", path: "/", clientAddress: "", contentType: contentType,
      bodyKind: kind, body: body)
    let data = try? request.data()
    demand(isAccepted == (data != nil), "the check and the reading differ")
    guard let data else { return }
    let again = try? JSON.parse(data.bytes, limits: JSONLimits(depth: 200, nodes: 2_000_000))
    demand(again == data, "not the same value")
    _ = request.rawBody
  }
}

extension JSON {
  /// The same value without a part of the document it came from.
  fileprivate var rebuilt: JSON {
    switch resolved {
    case .array(let elements): .array(elements.map(\.rebuilt))
    case .object(let object): .object(JSONObject(object.members.map { ($0.key, $0.value.rebuilt) }))
    case let value: value
    }
  }
}
