// An HTTP response as a value, and its bytes on the wire.

package import NIOCore

package struct HTTPAnswer: Sendable {
  package var status: Int
  package var headers: [(name: String, value: String)]
  package var body: ByteBuffer
  /// For the metrics and the `Millrace-Execution-Id` header.
  package var executionID: String?

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
    HTTPAnswer(
      status: status, headers: [("content-type", "application/json")] + headers, body: ByteBuffer(string: text))
  }

  /// Writes the response (RFC 9112); `closes` tells the peer that no further request is read on this connection.
  package func write(to output: inout ByteBuffer, requestID: String, date: String, closes: Bool, withBody: Bool) {
    output.writeString("HTTP/1.1 ")
    output.writeString(Self.statusLine(status))
    output.writeString("\r\ndate: ")
    output.writeString(date)
    for (name, value) in headers where !Self.isReserved(name) {
      output.writeString("\r\n")
      output.writeString(name)
      output.writeString(": ")
      output.writeString(value)
    }
    if let executionID {
      output.writeString("\r\nmillrace-execution-id: ")
      output.writeString(executionID)
    }
    output.writeString("\r\nx-request-id: ")
    output.writeString(requestID)
    if closes { output.writeString("\r\nconnection: close") }
    // RFC 9110 8.6: no length and no body in these.
    guard status != 204, status != 304 else {
      output.writeString("\r\n\r\n")
      return
    }
    output.writeString("\r\ncontent-length: ")
    output.writeString(String(body.readableBytes))
    output.writeString("\r\n\r\n")
    if withBody { output.writeImmutableBuffer(body) }
  }

  /// Framing belongs to this server, and so do the fields that it writes itself: a workflow's answer cannot set them.
  private static func isReserved(_ name: String) -> Bool {
    switch name.utf8.count {
    case 4: name.lowercased() == "date"
    case 7: name.lowercased() == "upgrade"
    case 10: name.lowercased() == "connection" || name.lowercased() == "keep-alive"
    case 12: name.lowercased() == "x-request-id"
    case 14: name.lowercased() == "content-length"
    case 17: name.lowercased() == "transfer-encoding"
    case 21: name.lowercased() == "millrace-execution-id"
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

  private static let reasons = [
    201: "Created", 204: "No Content", 301: "Moved Permanently", 302: "Found", 303: "See Other", 304: "Not Modified",
    307: "Temporary Redirect", 308: "Permanent Redirect", 401: "Unauthorized", 403: "Forbidden",
    405: "Method Not Allowed", 406: "Not Acceptable", 408: "Request Timeout", 409: "Conflict", 410: "Gone",
    411: "Length Required", 413: "Content Too Large", 414: "URI Too Long", 415: "Unsupported Media Type",
    417: "Expectation Failed", 422: "Unprocessable Content", 425: "Too Early", 429: "Too Many Requests",
    431: "Request Header Fields Too Large", 500: "Internal Server Error", 501: "Not Implemented", 502: "Bad Gateway",
    504: "Gateway Timeout", 505: "HTTP Version Not Supported",
  ]
}
