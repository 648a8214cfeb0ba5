// One request while it is checked: what a check asks for twice is read once.

import JSONCodec

/// Lives as long as one check; never shared.
final class RequestReading {
  /// Longer headers are no signatures, ids or moments of anybody.
  static let headerLimit = 8192

  let request: VerificationRequest
  /// The body as JSON, once it was parsed.
  private(set) var document: JSON?
  private var failure: Refusal?
  private var fields: [FormField]?

  init(_ request: VerificationRequest) { self.request = request }

  /// Nil if it is not there. Two of one name are refused: a proxy and this check might choose differently.
  func header(_ name: String) throws(Refusal) -> String? {
    switch request.headers.value(of: name) {
    case .missing: return nil
    case .one(let value):
      guard value.utf8.count <= Self.headerLimit else {
        throw Refusal(.malformedSignature, "header \(name) is longer than \(Self.headerLimit) bytes")
      }
      return value
    case .repeated: throw Refusal(.repeatedHeader(name), "header \(name) stands in the request more than once")
    }
  }

  func requiredHeader(_ name: String) throws(Refusal) -> String {
    guard let value = try header(name) else { throw Refusal(.missingHeader(name), "header \(name) is missing") }
    guard !value.isEmpty else { throw Refusal(.emptyHeader(name), "header \(name) is empty") }
    return value
  }

  /// What stands behind a word such as `Bearer` in the Authorization header; nil if there is no such header, or if it
  /// has another word.
  func credential(_ word: String) throws(Refusal) -> String? {
    guard let value = try header("authorization") else { return nil }
    let parts = value.split(separator: " ", maxSplits: 1)
    guard let first = parts.first, String(first).hasSameLetters(as: word) else { return nil }
    return parts.count == 2 ? String(parts[1].drop { $0 == " " }) : ""
  }

  /// The body as JSON.
  func json() throws(Refusal) -> JSON {
    if let document { return document }
    if let failure { throw failure }
    do throws(JSONError) {
      let parsed = try JSON.parse(request.body)
      document = parsed
      return parsed
    } catch {
      let refusal = Refusal(.badBody, "the body is no JSON: \(error)")
      failure = refusal
      throw refusal
    }
  }

  /// The body as a form.
  func form() throws(Refusal) -> [FormField] {
    if let fields { return fields }
    guard let parsed = FormFields.parse(request.body) else {
      throw Refusal(.badBody, "the form has more than \(FormFields.limit) fields")
    }
    fields = parsed
    return parsed
  }

  /// A decoded item of the query; nil where it is missing or repeated.
  func query(_ name: String) -> String? {
    FormFields.parse(request.query.utf8)?.only(name).map { String(decoding: $0, as: UTF8.self) }
  }

  func requiredQuery(_ name: String) throws(Refusal) -> String {
    guard let value = query(name) else {
      throw Refusal(.missingField(name), "the query has no single item \"\(name)\"")
    }
    return value
  }

  /// Text or a number inside the body; nil for anything else.
  func text(at path: [String]) throws(Refusal) -> String? { try json().text(at: path) }

  /// Path and query behind the address by which senders reach us.
  func url(_ base: String?) throws(Refusal) -> String {
    guard let base = base ?? request.publicURL else {
      throw Refusal(
        .noPublicURL, "this provider signs the address that it called: set \"url\", or the deployment's public address")
    }
    return base + request.path + (request.query.isEmpty ? "" : "?" + request.query)
  }
}

extension JSON {
  /// Steps are keys of objects and indexes of arrays.
  func value(at path: [String]) -> JSON? {
    var value: JSON? = self
    for step in path {
      guard let current = value else { return nil }
      value = current.kind == .array ? Int(step).flatMap { current[$0] } : current[step]
    }
    return value
  }

  /// Text or a number there; nil for anything else.
  func text(at path: [String]) -> String? {
    let value = value(at: path)
    return value?.stringValue ?? value?.numberText
  }

  /// All texts and numbers there; a step `*` is every element of an array.
  func texts(at path: ArraySlice<String>) -> [String] {
    guard let step = path.first else { return (stringValue ?? numberText).map { [$0] } ?? [] }
    let rest = path.dropFirst()
    if step == "*" { return elements.flatMap { $0.texts(at: rest) } }
    return self[step].map { $0.texts(at: rest) } ?? []
  }
}
