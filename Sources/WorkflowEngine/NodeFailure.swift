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
  let details: [(String, JSON)]

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
    NodeFailure(kind: kind, message: message, details: details + more)
  }

  /// What `$nodes.<key>` reads when the workflow passes over the failure.
  var result: JSON {
    let members: [(String, JSON)] = [("message", .string(message))] + details
    return .object(JSONObject([("error", .object(JSONObject(members)))]))
  }
}
