// How a webhook is stored, and read back.
import JSONCodec
import Testing
import Workflows

@Suite("The envelope of a webhook")
struct EnvelopeTests {
  @Test("What goes in comes out, binary bodies byte for byte")
  func roundTrip() throws {
    let body = (0...255).map { UInt8($0) } + [0, 0]
    let request = WebhookRequest(
      workflow: "order-paid", version: 7, receivedAt: 1_767_225_600_123, method: "PUT", path: "/shops/ü/orders",
      clientAddress: "2001:db8::1", query: ["a": ["1", "2"]], headers: ["x-b": "\"quoted\", \u{1F600}"],
      params: ["shop": "ü"], contentType: "image/png", bodyKind: .bytes, body: body)
    let decoded = try WebhookRequest(decoding: request.encoded())
    #expect(decoded.workflow == "order-paid")
    #expect(decoded.version == 7)
    #expect(decoded.receivedAt == 1_767_225_600_123)
    #expect(decoded.method == "PUT")
    #expect(decoded.path == "/shops/ü/orders")
    #expect(decoded.clientAddress == "2001:db8::1")
    #expect(decoded.query == request.query)
    #expect(decoded.headers == request.headers)
    #expect(decoded.params == request.params)
    #expect(decoded.contentType == "image/png")
    #expect(decoded.bodyKind == .bytes)
    #expect(decoded.body == body)
    #expect(decoded.encoded() == request.encoded())
  }

  @Test("An empty body and no content type stay so")
  func empty() throws {
    let decoded = try WebhookRequest(decoding: request([], type: nil).encoded())
    #expect(decoded.body.isEmpty)
    #expect(decoded.contentType == nil)
    #expect(decoded.bodyKind == .auto)
    #expect(try decoded.data().isNull)
  }

  @Test("Bytes that are no envelope are refused, however they are cut")
  func broken() {
    let whole = request(Array("x".utf8), type: nil).encoded()
    for length in 0..<(whole.count - 1) {
      #expect(throws: WebhookRequestError.self) { try WebhookRequest(decoding: Array(whole[..<length])) }
    }
    #expect(throws: WebhookRequestError.self) { try WebhookRequest(decoding: [9] + whole.dropFirst()) }
    #expect(throws: WebhookRequestError.self) { try WebhookRequest(decoding: [1, 0, 0, 0, 2, 0x7B, 0x7D]) }
  }

  @Test("Templates find the request's fields")
  func context() throws {
    let request = WebhookRequest(
      workflow: "a", version: 1, receivedAt: 0, method: "POST", path: "/x", clientAddress: "192.0.2.1",
      query: ["q": "1"], contentType: "application/json", body: Array(#"{"id":5}"#.utf8))
    #expect(try request.value(ofContext: "data")?["id"]?.intValue == 5)
    #expect(try request.value(ofContext: "query")?["q"]?.stringValue == "1")
    #expect(try request.value(ofContext: "method") == "POST")
    #expect(try request.value(ofContext: "clientAddress") == "192.0.2.1")
    #expect(try request.value(ofContext: "rawBody") == #"{"id":5}"#)
    #expect(try request.value(ofContext: "nonsense") == nil)
  }
}
