// One provider as the tests of all providers see it: its settings, a webhook, and where the signature stands.

import JSONCodec
import Testing

@testable import Verification

struct ProviderCase: Sendable, CustomTestStringConvertible {
  enum Place: Sendable {
    case header(String)
    case query(String)
    /// In a JSON body; the test removes or changes it there.
    case field([String])
    case form(String)
  }

  static let publicURL = "https://hooks.example.com"
  static let path = "/api/webhooks/orders"
  /// 2026-02-18T20:01:35Z
  static let now: Int64 = 1_771_444_895_000

  let provider: String
  var note = ""
  /// The setting with the secret or key, a value that fits and one that does not.
  var keySetting = "secrets"
  var key: JSON = "Topsecret-0123456789-abcdefghijkl"
  var wrongKey: JSON = "another-secret-9876543210-zyxwvu"
  var settings: JSONObject = [:]
  /// For sending, where the sender has a key of its own.
  var privateKey: String?
  var body = #"{"type":"order.paid","id":"evt_1","event":"order.paid"}"#
  var method = "POST"
  var query = ""
  var event: String?
  let place: Place
  var isHexadecimal = false
  var coversBody = true
  /// Where only a part of the body is signed: that behind this text.
  var coveredBehind: String?
  /// Whether a body that is no JSON or form is one that the provider could have sent.
  var takesAnyBody = true
  /// Seconds; nil where no moment is checked.
  var tolerance: Int?
  var dedupeKey: String?
  var expectedEvent: String?

  var testDescription: String { note.isEmpty ? provider : "\(provider), \(note)" }

  func verifying(_ key: JSON? = nil) -> JSON {
    var object: JSONObject = ["provider": .string(provider)]
    for (name, value) in settings.members { object[name] = value }
    object[keySetting] = key ?? self.key
    return .object(object)
  }

  var sending: JSON {
    var object: JSONObject = ["provider": .string(provider)]
    for (name, value) in settings.members { object[name] = value }
    if let privateKey {
      object["privateKey"] = .string(privateKey)
      if provider == "wechat-pay" { object["serial"] = "PUB_KEY_ID_1" }
    } else {
      object[keySetting] = key
    }
    return .object(object)
  }

  /// Places in a signed body whose change must be noticed.
  func coveredIndices(_ body: [UInt8]) throws -> [Int] {
    guard coversBody else { return [] }
    guard let coveredBehind else { return Array(stride(from: 0, to: body.count, by: max(1, body.count / 16))) }
    let start = try #require(XMLElements.find(coveredBehind, in: body[...])) + coveredBehind.utf8.count
    return Array(start..<start + 4)
  }

  func signed(body: [UInt8]? = nil, now: Int64 = now, path: String = path) throws -> OutgoingRequest {
    let request = OutgoingRequest(
      method: method, publicURL: Self.publicURL, path: path, query: query,
      headers: HeaderList([("content-type", "application/json")]), body: body ?? Array(self.body.utf8), now: now,
      id: "delivery-1", event: event)
    return try RequestSigner.make(settings: sending).sign(request, random: .counting)
  }

  func verdict(on request: OutgoingRequest, at now: Int64 = now, settings: JSON? = nil) throws -> Verdict {
    var received = request.received
    received.now = now
    return try Verifier.make(settings: settings ?? verifying()).verify(received, random: .counting)
  }
}

extension VerificationRandom {
  /// 0, 1, 2 and so on.
  static let counting = VerificationRandom { count in (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
}

extension Verdict {
  var match: Match? { if case .accepted(let match) = self { match } else { nil } }
  var refusal: Refusal? { if case .refused(let refusal) = self { refusal } else { nil } }
  var reply: HandshakeReply? { if case .handshake(let reply) = self { reply } else { nil } }
}

extension OutgoingRequest {
  /// Puts another text in the place of the signature; nil removes it.
  func replacingSignature(at place: ProviderCase.Place, _ change: (String) -> String?) throws -> OutgoingRequest {
    var request = self
    switch place {
    case .header(let name):
      guard case .one(let text) = headers.value(of: name) else { throw MissingSignature() }
      request.headers.remove(name)
      if let text = change(text) { request.headers.add(name, text) }
    case .query(let name):
      request.query = try Self.replaced(name, in: query, change)
    case .form(let name):
      request.body = Array(try Self.replaced(name, in: String(decoding: body, as: UTF8.self), change).utf8)
    case .field(let path):
      guard let text = try JSON.parse(body).text(at: path) else { throw MissingSignature() }
      request.setField(path, json: change(text).map { .string($0) } ?? .null)
    }
    return request
  }

  private static func replaced(_ name: String, in form: String, _ change: (String) -> String?) throws -> String {
    var fields = FormFields.parse(form.utf8) ?? []
    guard let index = fields.firstIndex(where: { $0.name == Array(name.utf8) }) else { throw MissingSignature() }
    if let text = change(String(decoding: fields[index].value, as: UTF8.self)) {
      fields[index] = FormField(name: fields[index].name, value: Array(text.utf8))
    } else {
      fields.remove(at: index)
    }
    return FormFields.write(fields)
  }
}

struct MissingSignature: Error {}
