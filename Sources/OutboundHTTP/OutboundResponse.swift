// The answer to a request that a workflow sent out, after redirects and decompression.

package struct OutboundResponse: Sendable {
  package var status: Int
  /// "1.0", "1.1" or "2".
  package var httpVersion: String
  /// Of the final response only, in wire order, names in lower case, a repeated header once per occurrence.
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]
  /// The URL that answered, without user and password.
  package var url: String
  package var timing: OutboundTiming

  package init(
    status: Int, httpVersion: String = "1.1", headers: [(name: String, value: String)] = [], body: [UInt8] = [],
    url: String = "", timing: OutboundTiming = OutboundTiming()
  ) {
    self.status = status
    self.httpVersion = httpVersion
    self.headers = headers
    self.body = body
    self.url = url
    self.timing = timing
  }

  /// The value of a header, the name in lower case; repeated ones are joined with ", ".
  package func header(_ name: String) -> String? {
    let values = headers.filter { $0.name == name }.map(\.value)
    return values.isEmpty ? nil : values.joined(separator: ", ")
  }
}

/// Where the time went, in milliseconds. A phase that did not happen, as on a reused connection, took 0.
package struct OutboundTiming: Sendable, Equatable {
  /// Looking up the name.
  package var dns: Double = 0
  /// Connecting, without the lookup and without TLS.
  package var connect: Double = 0
  /// The TLS handshake.
  package var tls: Double = 0
  /// From the request being ready to go out to the first byte of the answer.
  package var firstByte: Double = 0
  /// Everything, from the start to the last byte, redirects included.
  package var total: Double = 0
  package var redirects: Int = 0
  /// No new connection was made.
  package var reused: Bool = false

  package init() {}
}
