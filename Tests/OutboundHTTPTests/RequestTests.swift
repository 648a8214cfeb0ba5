import TestSupport
import Testing

@testable import OutboundHTTP

@Suite struct RequestTests {
  @Test("Method, path, query and default headers arrive")
  func plainGet() async throws {
    let target = try await HTTPTarget.start(answering: .text("hello"))
    let response = try await withTransport { try await $0.send(OutboundRequest(url: target.url("/a/b?c=d&e=%20"))) }
    #expect(response.status == 200)
    #expect(response.httpVersion == "1.1")
    #expect(response.body == Array("hello".utf8))
    #expect(response.header("content-type") == "text/plain; charset=utf-8")
    #expect(response.url == target.url("/a/b?c=d&e=%20"))
    let request = try #require(target.requests.first)
    #expect(request.method == "GET")
    #expect(request.uri == "/a/b?c=d&e=%20")
    #expect(request[header: "User-Agent"] == "millrace/0.1.0")
    #expect(request[header: "Accept"] == "*/*")
    #expect(request[header: "Content-Type"] == nil)
    #expect(request[header: "Content-Length"] == nil)
    #expect(request[header: "Accept-Encoding"]?.contains("gzip") == true)
    await target.stop()
  }

  @Test("Spaces and letters outside ASCII in the URL are percent-encoded")
  func encodedURL() async throws {
    let target = try await HTTPTarget.start()
    _ = try await withTransport { try await $0.send(OutboundRequest(url: target.url("/a b/ü?q=c d"))) }
    #expect(target.requests.first?.uri.lowercased() == "/a%20b/%c3%bc?q=c+d")
    await target.stop()
  }

  @Test("A host name outside ASCII is sent as its IDN", arguments: ["bücher.example", "b\u{75}\u{308}cher.example"])
  func internationalName(host: String) async throws {
    // The proxy is asked for the name, so nobody looks it up.
    let proxy = try await HTTPTarget.start()
    let request = OutboundRequest(url: "http://\(host)/a", proxy: proxy.url())
    _ = try await withTransport { try await $0.send(request) }
    #expect(proxy.requests.first?.uri == "http://xn--bcher-kva.example/a")
    #expect(proxy.requests.first?[header: "host"] == "xn--bcher-kva.example")
    await proxy.stop()
  }

  @Test("A header that is not UTF-8 is read as Latin-1")
  func latinHeader() {
    var head = ResponseHead()
    for line in ["HTTP/1.1 200 OK\r\n", "X-Text: Gr\u{FC}\u{DF}e\r\n"] {
      _ = head.take(line.unicodeScalars.map { UInt8($0.value) })
    }
    _ = head.take("X-Mark: Grüße\r\n".utf8)
    #expect(head.headers.map(\.value) == ["Grüße", "Grüße"])
  }

  @Test(
    "Bytes arrive exactly as they were given, with the method",
    arguments: ["POST", "PUT", "PATCH", "DELETE", "GET", "OPTIONS"])
  func bytes(method: String) async throws {
    let target = try await HTTPTarget.start()
    let request = OutboundRequest(
      method: method, url: target.url(), body: .bytes(binary, contentType: "application/x-test"))
    _ = try await withTransport { try await $0.send(request) }
    let arrived = try #require(target.requests.first)
    #expect(arrived.method == method)
    #expect(arrived.body == binary)
    #expect(arrived.values(of: "Content-Type") == ["application/x-test"])
    #expect(arrived[header: "Content-Length"] == String(binary.count))
    #expect(arrived[header: "Expect"] == nil)
    await target.stop()
  }

  @Test("A large body arrives whole, without waiting for 100 Continue")
  func largeBody() async throws {
    let target = try await HTTPTarget.start()
    let body = Array(repeatElement(binary, count: 400).joined())
    let request = OutboundRequest(method: "POST", url: target.url(), body: .bytes(body, contentType: nil))
    _ = try await withTransport { try await $0.send(request) }
    let arrived = try #require(target.requests.first)
    #expect(arrived.body == body)
    #expect(arrived[header: "Content-Type"] == nil)
    #expect(arrived[header: "Expect"] == nil)
    await target.stop()
  }

  @Test("Methods that expect a body say that it is empty", arguments: ["POST", "PUT", "PATCH"])
  func emptyBody(method: String) async throws {
    let target = try await HTTPTarget.start()
    _ = try await withTransport { try await $0.send(OutboundRequest(method: method, url: target.url())) }
    #expect(target.requests.first?.method == method)
    #expect(target.requests.first?[header: "Content-Length"] == "0")
    #expect(target.requests.first?[header: "Content-Type"] == nil)
    await target.stop()
  }

  @Test("HEAD gets the headers and no body")
  func head() async throws {
    let target = try await HTTPTarget.start(answering: .text("four"))
    let response = try await withTransport {
      try await $0.send(OutboundRequest(method: "HEAD", url: target.url()))
    }
    #expect(target.requests.first?.method == "HEAD")
    #expect(response.header("content-length") == "4")
    #expect(response.body.isEmpty)
    await target.stop()
  }

  @Test("Multipart fields and files arrive byte for byte, with names, file names and types")
  func multipart() async throws {
    let target = try await HTTPTarget.start()
    let parts: [OutboundRequest.Part] = [
      .init(name: "note", bytes: Array("a\r\n--b".utf8)), .init(name: "empty", bytes: []),
      .init(name: "file", filename: "x \"y\".bin", contentType: "application/x-test", bytes: binary),
    ]
    let request = OutboundRequest(method: "POST", url: target.url(), body: .multipart(parts))
    _ = try await withTransport { try await $0.send(request) }
    let arrived = try #require(target.requests.first)
    let type = try #require(arrived[header: "Content-Type"])
    #expect(type.hasPrefix("multipart/form-data; boundary="))
    let boundary = String(type.dropFirst("multipart/form-data; boundary=".count))
    var expected = Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"note\"\r\n\r\na\r\n--b\r\n".utf8)
    expected += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"empty\"\r\n\r\n\r\n".utf8)
    expected += Array("--\(boundary)\r\nContent-Disposition: form-data; name=\"file\"; ".utf8)
    expected += Array("filename=\"x %22y%22.bin\"\r\nContent-Type: application/x-test\r\n\r\n".utf8)
    expected += binary + Array("\r\n--\(boundary)--\r\n".utf8)
    #expect(arrived.body == expected)
    await target.stop()
  }

  @Test("Headers arrive in order, repeated ones too, and empty ones without a value")
  func headers() async throws {
    let target = try await HTTPTarget.start()
    let headers = [
      ("X-One", "1"), ("X-Empty", ""), ("X-Blank", "  "), ("X-One", " two\t"), ("User-Agent", "mine"),
      ("Content-Type", "text/x"), ("Host", "shop.example"), ("X-Text", "Grüße: ; ,"),
    ]
    let request = OutboundRequest(
      method: "POST", url: target.url(), headers: headers.map { (name: $0.0, value: $0.1) },
      body: .bytes([1], contentType: "text/y"))
    _ = try await withTransport { try await $0.send(request) }
    let arrived = try #require(target.requests.first)
    #expect(arrived.values(of: "X-One") == ["1", "two"])
    #expect(arrived.values(of: "X-Empty") == [""])
    #expect(arrived.values(of: "X-Blank") == [""])
    #expect(arrived.values(of: "User-Agent") == ["mine"])
    #expect(arrived.values(of: "Content-Type") == ["text/x"])
    #expect(arrived.values(of: "Host") == ["shop.example"])
    #expect(arrived.values(of: "X-Text") == ["Grüße: ; ,"])
    await target.stop()
  }

  @Test("Basic and bearer authorization are sent as they should be")
  func authorization() async throws {
    let target = try await HTTPTarget.start()
    try await withTransport { transport in
      let basic = OutboundRequest(url: target.url(), authorization: .basic(user: "me", password: "päss:word"))
      _ = try await transport.send(basic)
      _ = try await transport.send(OutboundRequest(url: target.url(), authorization: .bearer(token: "abc.def")))
      _ = try await transport.send(OutboundRequest(url: target.url()))
    }
    let sent = target.requests.map { $0[header: "Authorization"] }
    #expect(sent == ["Basic bWU6cMOkc3M6d29yZA==", "Bearer abc.def", nil])
    await target.stop()
  }

  @Test("A response's headers keep order and repetition, with names in lower case; the body may be empty")
  func responseHeaders() async throws {
    let target = try await HTTPTarget.start(
      answering: .init(status: 418, headers: [("X-B", "1"), ("Set-Cookie", "a=1"), ("set-cookie", "b=2")]))
    let response = try await withTransport { try await $0.send(OutboundRequest(url: target.url())) }
    #expect(response.status == 418)
    #expect(response.headers.map(\.name).prefix(3) == ["x-b", "set-cookie", "set-cookie"])
    #expect(response.headers.map(\.value).prefix(3) == ["1", "a=1", "b=2"])
    #expect(response.header("set-cookie") == "a=1, b=2")
    #expect(response.body.isEmpty)
    await target.stop()
  }
}
