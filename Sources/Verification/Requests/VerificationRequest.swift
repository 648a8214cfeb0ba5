// What a check sees of a webhook: raw bytes, before anything was parsed.

package struct VerificationRequest: Sendable {
  package var method: String
  /// As it came, still percent-encoded.
  package var path: String
  /// As it came, without the question mark.
  package var query: String
  /// Scheme, host and perhaps port and path by which senders reach this deployment, such as
  /// `https://hooks.example.com`. Some providers sign the address that they called.
  package var publicURL: String?
  package var headers: any RequestHeaders
  package var body: [UInt8]
  /// Milliseconds since 1970.
  package var now: Int64
  /// Whether a refusal may look further for the cause: it costs a few times the check itself, so a caller under attack
  /// switches it off.
  package var isDiagnosed: Bool

  package init(
    method: String = "POST", path: String = "/", query: String = "", publicURL: String? = nil,
    headers: any RequestHeaders, body: [UInt8], now: Int64, isDiagnosed: Bool = true
  ) {
    self.method = method
    self.path = path
    self.query = query
    self.publicURL = publicURL
    self.headers = headers
    self.body = body
    self.now = now
    self.isDiagnosed = isDiagnosed
  }
}

/// How a check looks into a request's headers without copying them.
package protocol RequestHeaders: Sendable {
  /// The name comes in lower case; a request's own names may be in any.
  func value(of name: String) -> HeaderValue
}

package enum HeaderValue: Sendable, Equatable {
  case missing
  case one(String)
  /// The same header more than once.
  case repeated([String])
}

/// Headers as a list of names and values.
package struct HeaderList: RequestHeaders, Equatable {
  package private(set) var fields: [Field] = []

  package struct Field: Sendable, Equatable {
    package let name: String
    package let value: String
  }

  package init(_ fields: [(String, String)] = []) {
    self.fields = fields.map { Field(name: $0.0, value: $0.1) }
  }

  package func value(of name: String) -> HeaderValue {
    var (first, others): (String?, [String]) = (nil, [])
    for field in fields where field.name.hasSameLetters(as: name) {
      if first == nil { first = field.value } else { others.append(field.value) }
    }
    guard let first else { return .missing }
    return others.isEmpty ? .one(first) : .repeated([first] + others)
  }

  package mutating func add(_ name: String, _ value: String) { fields.append(Field(name: name, value: value)) }

  package mutating func set(_ name: String, _ value: String) {
    remove(name)
    add(name, value)
  }

  package mutating func remove(_ name: String) { fields.removeAll { $0.name.hasSameLetters(as: name) } }
}

extension String {
  /// Whether two header names are the same one, in whatever case.
  package func hasSameLetters(as other: String) -> Bool {
    let (one, other) = (utf8, other.utf8)
    guard one.count == other.count else { return false }
    let (left, right) = (one.span, other.span)
    for index in left.indices where lowercase(left[index]) != lowercase(right[index]) { return false }
    return true
  }

  private func lowercase(_ byte: UInt8) -> UInt8 {
    (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) ? byte | 0x20 : byte
  }
}
