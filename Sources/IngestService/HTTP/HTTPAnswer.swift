// An HTTP response as a value, and its bytes on the wire.

import JSONCodec
package import NIOCore

package struct HTTPAnswer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: ByteBuffer
  /// For the metrics and the `Millrace-Execution-Id` header.
  package var executionID: String?
  package var audit = AuditNote()

  package init(
    status: Int, headers: [(name: String, value: String)] = [], body: ByteBuffer = ByteBuffer(),
    executionID: String? = nil
  ) {
    self.status = status
    self.headers = headers
    self.body = body
    self.executionID = executionID
  }

  package static func json(_ status: Int, _ text: String, headers: [(name: String, value: String)] = []) -> HTTPAnswer {
    let type = ("content-type", "application/json")
    return HTTPAnswer(
      status: status, headers: headers.isEmpty ? [type] : [type] + headers, body: ByteBuffer(string: text))
  }

  /// What the peer is told about the connection: with `close`, that no further request is read on it.
  package enum ConnectionField: Sendable {
    case none, close, keepAlive
  }

  /// Writes the response (RFC 9112).
  package func write(
    to output: inout ByteBuffer, requestID: String, date: String, connection: ConnectionField, withBody: Bool
  ) {
    var head = ByteWriter(capacity: 512)
    head.write(literal: "HTTP/1.1 ")
    head.write(Self.statusLine(status))
    head.write(literal: "\r\ndate: ")
    head.write(date)
    for (name, value) in headers where !Self.isReserved(name) {
      head.write(literal: "\r\n")
      head.write(name)
      head.write(literal: ": ")
      head.write(value)
    }
    if let executionID {
      head.write(literal: "\r\nmillrace-execution-id: ")
      head.write(executionID)
    }
    head.write(literal: "\r\nx-request-id: ")
    head.write(requestID)
    switch connection {
    case .none: break
    case .close: head.write(literal: "\r\nconnection: close")
    case .keepAlive: head.write(literal: "\r\nconnection: keep-alive")
    }
    // RFC 9110 8.6: no length and no body in these.
    let mayHaveBody = status != 204 && status != 304
    if mayHaveBody {
      head.write(literal: "\r\ncontent-length: ")
      head.write(body.readableBytes)
    }
    head.write(literal: "\r\n\r\n")
    head.withBytes { _ = output.writeBytes($0) }
    if withBody, mayHaveBody { output.writeImmutableBuffer(body) }
  }

  /// Framing belongs to this server, and so do the fields that it writes itself: a workflow's answer cannot set them.
  private static func isReserved(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4: name.isSameWord(as: "date")
    case 7: name.isSameWord(as: "upgrade")
    case 10: name.isSameWord(as: "connection") || name.isSameWord(as: "keep-alive")
    case 12: name.isSameWord(as: "x-request-id")
    case 14: name.isSameWord(as: "content-length")
    case 17: name.isSameWord(as: "transfer-encoding")
    case 21: name.isSameWord(as: "millrace-execution-id")
    default: false
    }
  }

  private static func statusLine(_ status: Int) -> String {
    switch status {
    case 200: "200 OK"
    case 202: "202 Accepted"
    case 400: "400 Bad Request"
    case 404: "404 Not Found"
    case 503: "503 Service Unavailable"
    default: "\(status) \(reasons[status] ?? "Status")"
    }
  }

  /// As IANA's registry of status codes has them.
  private static let reasons = [
    201: "Created", 203: "Non-Authoritative Information", 204: "No Content", 205: "Reset Content",
    206: "Partial Content", 207: "Multi-Status", 208: "Already Reported", 226: "IM Used", 300: "Multiple Choices",
    301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified", 305: "Use Proxy",
    307: "Temporary Redirect", 308: "Permanent Redirect", 401: "Unauthorized", 402: "Payment Required",
    403: "Forbidden", 405: "Method Not Allowed", 406: "Not Acceptable", 407: "Proxy Authentication Required",
    408: "Request Timeout", 409: "Conflict", 410: "Gone", 411: "Length Required", 412: "Precondition Failed",
    413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type", 416: "Range Not Satisfiable",
    417: "Expectation Failed", 421: "Misdirected Request", 422: "Unprocessable Content", 423: "Locked",
    424: "Failed Dependency", 425: "Too Early", 426: "Upgrade Required", 428: "Precondition Required",
    429: "Too Many Requests", 431: "Request Header Fields Too Large", 451: "Unavailable For Legal Reasons",
    500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway", 504: "Gateway Timeout",
    505: "HTTP Version Not Supported", 506: "Variant Also Negotiates", 507: "Insufficient Storage",
    508: "Loop Detected", 511: "Network Authentication Required",
  ]
}
