// The webhook as it is stored in the queue and seen as `$context`.

package import JSONCodec

package struct WebhookRequest: Sendable {
  /// The key of the workflow that it starts, and the version that it found.
  package var workflow: String
  package var version: Int
  /// Milliseconds since 1970.
  package var receivedAt: Int64
  package var method: String
  package var path: String
  package var clientAddress: String
  /// An object, see `QueryString`.
  package var query: JSON
  /// An object of texts: names in lower case, repeated ones joined with ", ".
  package var headers: JSON
  /// An object of texts.
  package var params: JSON
  package var contentType: String?
  package var bodyKind: BodyKind
  package var body: [UInt8]

  package init(
    workflow: String, version: Int, receivedAt: Int64, method: String, path: String, clientAddress: String,
    query: JSON = [:], headers: JSON = [:], params: JSON = [:], contentType: String? = nil,
    bodyKind: BodyKind = .auto, body: [UInt8] = []
  ) {
    self.workflow = workflow
    self.version = version
    self.receivedAt = receivedAt
    self.method = method
    self.path = path
    self.clientAddress = clientAddress
    self.query = query
    self.headers = headers
    self.params = params
    self.contentType = contentType
    self.bodyKind = bodyKind
    self.body = body
  }

  /// The body as `$context.data`: JSON as the bytes it came as, forms as objects, text as a string, anything else as
  /// base64; null when there is none.
  package func data(limits: BodyLimits = .standard) throws(BodyError) -> JSON {
    try BodyReading(body, contentType: contentType, kind: bodyKind, limits: limits).data()
  }

  /// Refuses what `data` would refuse, without building it.
  package static func checkBody(
    _ body: [UInt8], contentType: String?, kind: BodyKind, mayBeEmpty: Bool = true, limits: BodyLimits = .standard
  ) throws(BodyError) {
    let reading = BodyReading(body, contentType: contentType, kind: kind, limits: limits)
    if !mayBeEmpty, body.isEmpty, kind == .auto || kind == .json, reading.contentType?.isJSON == true {
      throw BodyError(.malformed, "it is empty, and its type says JSON", at: 0)
    }
    try reading.check()
  }

  /// What `$context.<field>` is for templates; nil for a name that is no field.
  package func value(ofContext field: String) throws(BodyError) -> JSON? {
    switch field {
    case "data": try data()
    case "headers": headers
    case "query": query
    case "params": params
    case "method": .string(method)
    case "path": .string(path)
    case "clientAddress": .string(clientAddress)
    case "rawBody": .string(rawBody)
    default: nil
    }
  }
}
