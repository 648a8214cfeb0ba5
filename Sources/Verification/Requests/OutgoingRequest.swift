// A webhook on its way out, signed as a provider would: for `millrace send` and for tests.

import JSONCodec

package struct OutgoingRequest: Sendable {
  package var method: String
  /// By which the receiver is reached, without the path.
  package var publicURL: String
  package var path: String
  package var query: String
  package var headers: HeaderList
  package var body: [UInt8]
  /// Milliseconds since 1970.
  package var now: Int64
  /// Of the delivery.
  package var id: String
  package var event: String?

  package init(
    method: String = "POST", publicURL: String, path: String = "/", query: String = "",
    headers: HeaderList = HeaderList(), body: [UInt8], now: Int64, id: String, event: String? = nil
  ) {
    self.method = method
    self.publicURL = publicURL
    self.path = path
    self.query = query
    self.headers = headers
    self.body = body
    self.now = now
    self.id = id
    self.event = event
  }

  /// The same request as it arrives.
  package var received: VerificationRequest {
    VerificationRequest(
      method: method, path: path, query: query, publicURL: publicURL, headers: headers, body: body, now: now)
  }
}

extension OutgoingRequest {
  mutating func setQuery(_ name: String, _ value: String) {
    let item = "\(PercentCoding.encode(name.utf8))=\(PercentCoding.encode(value.utf8))"
    query = query.isEmpty ? item : "\(query)&\(item)"
  }

  mutating func addFormField(_ name: String, _ value: String) {
    let field = FormFields.write([FormField(name: Array(name.utf8), value: Array(value.utf8))])
    body += Array((body.isEmpty ? field : "&" + field).utf8)
  }

  /// Sets a member of the JSON body, and objects on the way to it; another body stays as it is.
  mutating func setField(_ path: [String], _ value: String) { setField(path, json: .string(value)) }

  mutating func setField(_ path: [String], json value: JSON) {
    guard let document = try? JSON.parse(body), document.kind == .object else { return }
    body = Self.setting(path[...], value, in: document).bytes
  }

  private static func setting(_ path: ArraySlice<String>, _ value: JSON, in document: JSON) -> JSON {
    guard let name = path.first else { return value }
    let rest = path.dropFirst()
    switch document.resolved {
    case .object(var object):
      object[name] = setting(rest, value, in: object[name] ?? [:])
      return .object(object)
    case .array(var elements):
      guard let index = Int(name), elements.indices.contains(index) else { return document }
      elements[index] = setting(rest, value, in: elements[index])
      return .array(elements)
    default: return .object([name: setting(rest, value, in: [:])])
    }
  }
}
