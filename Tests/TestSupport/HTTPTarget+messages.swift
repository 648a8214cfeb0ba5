// What a test sees of a request that reached the HTTP target, and what it answers.

extension HTTPTarget {
  /// A request as it came over the wire.
  package struct Request: Sendable {
    /// Arrival order, from 0.
    package let index: Int
    package let method: String
    /// The request target as sent: path and query.
    package let uri: String
    package let version: String
    /// In wire order, names as sent.
    package let headers: [(name: String, value: String)]
    package let body: [UInt8]
    /// Tells connections apart: requests over the same connection share it.
    package let connection: Int

    package var path: String { String(uri.prefix { $0 != "?" }) }
    package var query: String? { uri.firstIndex(of: "?").map { String(uri[uri.index(after: $0)...]) } }
    package var bodyText: String { String(decoding: body, as: UTF8.self) }

    /// The first value of a header; names are compared without regard to case.
    package subscript(header name: String) -> String? { values(of: name).first }

    package func values(of name: String) -> [String] {
      headers.filter { $0.name.lowercased() == name.lowercased() }.map(\.value)
    }
  }

  /// An answer. Content-Length is set from the body.
  package struct Response: Sendable {
    package var status: Int
    package var headers: [(name: String, value: String)]
    package var body: [UInt8]
    /// Closes the connection in place of answering.
    package var dropsConnection = false

    package init(status: Int = 200, headers: [(name: String, value: String)] = [], body: [UInt8] = []) {
      self.status = status
      self.headers = headers
      self.body = body
    }

    package static let ok = Response()
    package static var dropped: Response {
      var response = Response()
      response.dropsConnection = true
      return response
    }

    package static func status(_ status: Int) -> Response { Response(status: status) }

    package static func text(_ text: String, status: Int = 200) -> Response {
      Response(status: status, headers: [("Content-Type", "text/plain; charset=utf-8")], body: Array(text.utf8))
    }

    /// JSON, given as text.
    package static func json(_ text: String, status: Int = 200) -> Response {
      Response(status: status, headers: [("Content-Type", "application/json")], body: Array(text.utf8))
    }

    package static func redirect(to location: String, status: Int = 302) -> Response {
      Response(status: status, headers: [("Location", location)])
    }
  }
}
