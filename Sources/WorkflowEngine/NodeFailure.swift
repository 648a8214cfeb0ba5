// Why a node could not do its work, in words for the author of the workflow.

import JSONCodec

struct NodeFailure: Error, Sendable {
  enum Kind: Sendable {
    /// The node said so: the world did not answer as expected.
    case failed
    /// Something broke: a template, a limit.
    case error
  }

  let kind: Kind
  let message: String
  /// Members for `{error: …}` beside the message, for workflows that go on.
  private(set) var details: [(String, JSON)]
  /// It may pass by itself.
  var isTemporary = false
  /// What the node was to do may have been done all the same.
  var isUncertain = false
  /// Another try is not to be made, whatever the workflow says.
  var isFinal = false
  /// How long the other side wants to be left alone.
  var retryAfter: Duration?

  /// What nodes throw besides failures of their own are template errors.
  init(_ error: any Error) {
    self = error as? NodeFailure ?? .error("\(error)")
  }

  private init(kind: Kind, message: String, details: [(String, JSON)]) {
    self.kind = kind
    self.message = message
    self.details = details
  }

  static func failed(_ message: String, details: [(String, JSON)] = []) -> NodeFailure {
    NodeFailure(kind: .failed, message: message, details: details)
  }

  static func error(_ message: String) -> NodeFailure {
    NodeFailure(kind: .error, message: message, details: [])
  }

  func adding(_ more: [(String, JSON)]) -> NodeFailure {
    var failure = self
    failure.details += more
    return failure
  }

  /// Without the answer, which may be too large to be kept.
  var withoutData: NodeFailure {
    var failure = self
    failure.details.removeAll { $0.0 == "data" }
    return failure
  }

  func uncertain() -> NodeFailure {
    var failure = self
    failure.isUncertain = true
    return failure
  }

  func asFinal() -> NodeFailure {
    var failure = self
    failure.isFinal = true
    return failure
  }

  func temporary(isUncertain: Bool = false) -> NodeFailure {
    var failure = self
    (failure.isTemporary, failure.isUncertain) = (true, isUncertain)
    return failure
  }

  /// What `$nodes.<key>` reads when the workflow passes over the failure.
  var result: JSON {
    let members: [(String, JSON)] = [("message", .string(message))] + details
    return .object(JSONObject([("error", .object(JSONObject(members)))]))
  }
}
