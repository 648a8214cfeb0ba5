import OutboundHTTP
import TestSupport
import Testing

@Suite struct RedirectTests {
  @Test("A redirect is followed, and only the final response counts")
  func followed() async throws {
    let target = try await HTTPTarget.start { request in
      guard request.path == "/a" else { return .init(headers: [("X-Final", "1")], body: [7]) }
      return .init(status: 302, headers: [("Location", "/b?x=1"), ("X-First", "1")], body: [1, 2, 3])
    }
    let response = try await withTransport { try await $0.send(OutboundRequest(url: target.url("/a"))) }
    #expect(response.status == 200)
    #expect(response.body == [7])
    #expect(response.header("x-final") == "1")
    #expect(response.header("x-first") == nil)
    #expect(response.url == target.url("/b?x=1"))
    #expect(response.timing.redirects == 1)
    await target.stop()
  }

  @Test("With no redirects allowed the redirect is the answer")
  func notFollowed() async throws {
    let target = try await HTTPTarget.start(answering: .redirect(to: "/b"))
    let response = try await withTransport { try await $0.send(OutboundRequest(url: target.url(), redirects: 0)) }
    #expect(response.status == 302)
    #expect(response.header("location") == "/b")
    #expect(target.count == 1)
    await target.stop()
  }

  @Test("One redirect too many is an error")
  func limit() async throws {
    let target = try await HTTPTarget.start(answering: .redirect(to: "/again"))
    let error = try await withTransport { await failure(of: OutboundRequest(url: target.url(), redirects: 3), $0) }
    #expect(error?.kind == .tooManyRedirects)
    #expect(error?.message.contains("more than 3 redirects") == true)
    #expect(target.count == 4)
    await target.stop()
  }

  @Test(
    "Method and body after a redirect are what browsers make of them",
    arguments: [
      ("POST", 301, "GET", false), ("POST", 302, "GET", false), ("POST", 303, "GET", false),
      ("POST", 307, "POST", true),
      ("POST", 308, "POST", true), ("PUT", 301, "PUT", true), ("PUT", 302, "PUT", true), ("PUT", 303, "GET", false),
      ("PUT", 307, "PUT", true), ("DELETE", 303, "GET", false), ("PATCH", 308, "PATCH", true),
    ])
  func methods(method: String, status: Int, next: String, hasBody: Bool) async throws {
    let target = try await HTTPTarget.start { $0.path == "/a" ? .redirect(to: "/b", status: status) : .ok }
    let request = OutboundRequest(
      method: method, url: target.url("/a"), body: .bytes(binary, contentType: "application/x-test"))
    _ = try await withTransport { try await $0.send(request) }
    let last = try #require(target.requests.last)
    #expect(last.values(of: "Content-Type") == (hasBody ? ["application/x-test"] : []))
    #expect(last.path == "/b")
    #expect(last.method == next)
    #expect(last.body == (hasBody ? binary : []))
    await target.stop()
  }

  @Test("What headers say about a body goes with it", arguments: [301, 302, 303, 307])
  func bodyHeaders(status: Int) async throws {
    let target = try await HTTPTarget.start { $0.path == "/a" ? .redirect(to: "/b", status: status) : .ok }
    let headers = [
      ("content-type", "application/x-own"), ("Content-Language", "de"), ("Content-Encoding", ""), ("X-Own", "1"),
    ]
    let request = OutboundRequest(
      method: "POST", url: target.url("/a"), headers: headers.map { (name: $0.0, value: $0.1) },
      body: .bytes(binary, contentType: "application/x-test"))
    _ = try await withTransport { try await $0.send(request) }
    let last = try #require(target.requests.last)
    let names = last.headers.map { $0.name.lowercased() }.filter { $0.hasPrefix("content-") && $0 != "content-length" }
    #expect(names.sorted() == (status == 307 ? ["content-encoding", "content-language", "content-type"] : []))
    #expect(last[header: "x-own"] == "1")
    await target.stop()
  }

  @Test("Authorization stays with the host it was meant for", arguments: ["bearer", "basic", "header"])
  func authorization(kind: String) async throws {
    let other = try await HTTPTarget.start()
    let target = try await HTTPTarget.start { request in
      switch request.path {
      case "/same": .redirect(to: "/final")
      case "/other": .redirect(to: "http://localhost:\(other.port)/final")
      default: .ok
      }
    }
    func request(_ path: String) -> OutboundRequest {
      var request = OutboundRequest(url: target.url(path))
      switch kind {
      case "bearer": request.authorization = .bearer(token: "secret")
      case "basic": request.authorization = .basic(user: "me", password: "secret")
      default: request.headers = [("Authorization", "Bearer secret")]
      }
      return request
    }
    try await withTransport { transport in
      _ = try await transport.send(request("/same"))
      _ = try await transport.send(request("/other"))
    }
    #expect(target.requests.map { $0[header: "Authorization"] != nil } == [true, true, true])
    #expect(other.requests.map { $0[header: "Authorization"] } == [nil])
    await other.stop()
    await target.stop()
  }

  @Test("A redirect to another scheme is refused", arguments: ["ftp://127.0.0.1/x", "file:///etc/passwd"])
  func scheme(location: String) async throws {
    let target = try await HTTPTarget.start(answering: .redirect(to: location))
    let error = try await withTransport { await failure(of: OutboundRequest(url: target.url()), $0) }
    #expect(error?.kind == .protocolViolation)
    #expect(
      error?.message
        == "GET \(target.url()), redirected to \(location): the redirect leads to a scheme that is neither http nor "
        + "https")
    await target.stop()
  }

  @Test(
    "A redirect to what is no URL is the other side's mistake", arguments: ["http://a b/", "http://127.0.0.1:99999/"])
  func noURL(location: String) async throws {
    let target = try await HTTPTarget.start(answering: .redirect(to: location))
    let error = try await withTransport { await failure(of: OutboundRequest(url: target.url()), $0) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.message.hasSuffix("the redirect leads to a URL that is not valid") == true)
    await target.stop()
  }
}
