// One request that a workflow sends out, complete: nothing is read from the environment when it is sent.

package struct OutboundRequest: Sendable {
  package enum Body: Sendable {
    case none
    /// `contentType` is sent as Content-Type unless the headers have one; nil sends none.
    case bytes([UInt8], contentType: String?)
    /// multipart/form-data; the boundary is made when the request is sent.
    case multipart([Part])
  }

  package struct Part: Sendable {
    package var name: String
    package var filename: String?
    /// nil: from the file name's extension, application/octet-stream for other files, none for fields.
    package var contentType: String?
    package var bytes: [UInt8]

    package init(name: String, filename: String? = nil, contentType: String? = nil, bytes: [UInt8]) {
      self.name = name
      self.filename = filename
      self.contentType = contentType
      self.bytes = bytes
    }
  }

  /// Sent to the URL's own host only: a redirect to another host, port or scheme goes without it.
  package enum Authorization: Sendable {
    case basic(user: String, password: String)
    case bearer(token: String)
  }

  package struct TLSOptions: Sendable {
    /// false accepts every certificate.
    package var verify: Bool
    /// A PEM file of authorities, in place of the system's.
    package var authorities: String?

    package init(verify: Bool = true, authorities: String? = nil) {
      self.verify = verify
      self.authorities = authorities
    }
  }

  package var method: String
  /// http or https, with a host. Spaces and letters outside ASCII are percent-encoded.
  package var url: String
  /// Sent in this order. An empty value sends the header with no value.
  package var headers: [(name: String, value: String)]
  package var body: Body
  package var authorization: Authorization?
  /// From the start to the last byte of the answer, waiting for a free connection and redirects included.
  package var timeout: Duration
  package var connectTimeout: Duration
  /// How many redirects are followed; with 0 the redirect is the answer.
  package var redirects: Int
  /// The most bytes of the answer's body, counted after decompression.
  package var maxBody: Int
  package var tls: TLSOptions
  /// http, https, socks4, socks5 or socks5h URL of a proxy; nil connects directly, whatever the environment says.
  package var proxy: String?
  /// Asked on the transport's thread at the last moment, when the first byte is about to leave; false ends the request
  /// as not started, or as canceled behind a redirect. A request may have waited long for its connection.
  package var mayStart: (@Sendable () -> Bool)?

  package init(
    method: String = "GET", url: String, headers: [(name: String, value: String)] = [], body: Body = .none,
    authorization: Authorization? = nil, timeout: Duration = .seconds(30), connectTimeout: Duration = .seconds(10),
    redirects: Int = 5, maxBody: Int = 10_000_000, tls: TLSOptions = TLSOptions(), proxy: String? = nil
  ) {
    self.method = method
    self.url = url
    self.headers = headers
    self.body = body
    self.authorization = authorization
    self.timeout = timeout
    self.connectTimeout = connectTimeout
    self.redirects = redirects
    self.maxBody = maxBody
    self.tls = tls
    self.proxy = proxy
  }
}
