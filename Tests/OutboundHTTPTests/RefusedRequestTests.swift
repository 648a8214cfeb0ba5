import OutboundHTTP
import TestSupport
import Testing

/// A request that must not leave, and a word of the reason.
struct RefusedRequest: Sendable, CustomTestStringConvertible {
  let testDescription: String
  let word: String
  let make: @Sendable (_ url: String) -> OutboundRequest

  init(_ description: String, _ word: String, _ make: @escaping @Sendable (_ url: String) -> OutboundRequest) {
    testDescription = description
    self.word = word
    self.make = make
  }

  static func header(_ name: String, _ value: String, _ word: String) -> RefusedRequest {
    RefusedRequest("header \(name.debugDescription): \(value.debugDescription)", word) {
      OutboundRequest(url: $0, headers: [(name, value)])
    }
  }

  static let all: [RefusedRequest] = [
    .header("X-A", "1\r\nX-B: 2", "line break"), .header("X-A", "1\nX-B: 2", "line break"),
    .header("X-A", "1\r", "line break"), .header("X-A", "1\u{0}2", "control"), .header("X-A", "\u{1b}", "control"),
    .header("X-A\r\nX-B", "1", "header name"), .header("X A", "1", "header name"), .header("", "1", "header name"),
    .header("X-A:", "1", "header name"), .header("X;", "", "header name"), .header("Xü", "1", "header name"),
    .header("X-A\u{0}", "1", "header name"), .header("Content-Length", "5", "follows from the body"),
    .header("transfer-encoding", "chunked", "follows from the body"),
    .init("line break in the URL", "line break") { OutboundRequest(url: $0 + " HTTP/1.1\r\nX-B: 2") },
    .init("zero byte in the URL", "control") { OutboundRequest(url: $0 + "\u{0}") },
    .init("no scheme", "http://") { OutboundRequest(url: String($0.dropFirst(7))) },
    .init("empty URL", "empty") { _ in OutboundRequest(url: "") },
    .init("file URL", "only http and https") { _ in OutboundRequest(url: "file:///etc/passwd") },
    .init("gopher URL", "only http and https") { _ in OutboundRequest(url: "gopher://127.0.0.1/") },
    .init("unknown scheme", "only http and https") { _ in OutboundRequest(url: "foo://127.0.0.1/") },
    .init("no host", "URL") { _ in OutboundRequest(url: "http://?x") },
    .init("bad port", "URL") { _ in OutboundRequest(url: "http://127.0.0.1:99999/") },
    .init("name that no IDN has", "is not valid") { _ in OutboundRequest(url: "http://xn--bü.example/") },
    .init("space in the host", "URL") { _ in OutboundRequest(url: "http://a b/") },
    .init("method with a space", "method") { OutboundRequest(method: "GET /x", url: $0) },
    .init("method with a line break", "method") { OutboundRequest(method: "GET\r\nX: y", url: $0) },
    .init("empty method", "method") { OutboundRequest(method: "", url: $0) },
    .init("HEAD with a body", "HEAD") { OutboundRequest(method: "HEAD", url: $0, body: .bytes([1], contentType: nil)) },
    .init("line break in the content type", "content type") {
      OutboundRequest(method: "POST", url: $0, body: .bytes([1], contentType: "a/b\r\nX: y"))
    },
    .init("line break in a part's type", "content type") {
      OutboundRequest(method: "POST", url: $0, body: .multipart([.init(name: "a", contentType: "b\nc", bytes: [])]))
    },
    .init("zero byte in a part's name", "multipart") {
      OutboundRequest(method: "POST", url: $0, body: .multipart([.init(name: "a\u{0}b", bytes: [])]))
    },
    .init("line break in the token", "token") {
      OutboundRequest(url: $0, authorization: .bearer(token: "a\r\nX: y"))
    },
    .init("empty token", "token") { OutboundRequest(url: $0, authorization: .bearer(token: "")) },
    .init("colon in the user name", "colon") {
      OutboundRequest(url: $0, authorization: .basic(user: "a:b", password: "c"))
    },
    .init("neither user nor password", "both empty") {
      OutboundRequest(url: $0, authorization: .basic(user: "", password: ""))
    },
    .init("two authorizations", "both") {
      OutboundRequest(url: $0, headers: [("Authorization", "x")], authorization: .bearer(token: "y"))
    },
    .init("proxy of another scheme", "proxy") { OutboundRequest(url: $0, proxy: "ftp://user:secret@127.0.0.1") },
  ]
}

@Suite struct RefusedRequestTests {
  @Test("What cannot be sent safely is refused before anything is sent", arguments: RefusedRequest.all)
  func refused(request: RefusedRequest) async throws {
    let target = try await HTTPTarget.start()
    let error = try await withTransport { await failure(of: request.make(target.url()), $0) }
    #expect(error?.kind == .invalidRequest)
    #expect(error?.message.contains(request.word) == true, "\(error?.message ?? "")")
    #expect(error?.message.contains("\n") == false)
    #expect(error?.message.contains("secret") == false)
    #expect(target.connectionCount == 0)
    await target.stop()
  }

  @Test("Messages do not tell users, passwords, queries or fragments of URLs")
  func secretsInMessages() async throws {
    let port = try FreePort.next()
    try await withTransport { transport in
      for url in [
        "http://me:secret@127.0.0.1:\(port)/a?token=secret#secret", "http://me:sec/ret@127.0.0.1:\(port)/?secret",
        "http://me:secret@127.0.0.1:\(port):1/", "me:secret@host/?secret",
      ] {
        let message = try #require(await failure(of: OutboundRequest(url: url), transport)).message
        #expect(!message.contains("secret") && !message.contains("ret@"), "\(message)")
      }
    }
  }
}
