// What a check says of a request.

package import JSONCodec

package enum Verdict: Sendable {
  case accepted(Match)
  case refused(Refusal)
  /// A question of the provider about this address, no event: answer it and start nothing.
  case handshake(HandshakeReply)
}

/// A genuine webhook.
package struct Match: Sendable {
  /// The secret that the sender used: the id from the workflow file, or its place in the list, counted from 1. Nil
  /// where nothing is secret.
  package var secretID: String?
  /// One text for all deliveries of one event; at most 256 bytes.
  package var dedupeKey: String?
  package var event: String?
  /// Seconds for which the sender may deliver one event again.
  package var retryWindow: Int
  /// What stands for the body, if it came encrypted.
  package var plaintext: [UInt8]?
  package var plaintextType: String?
  /// What the sender wants to be answered; nil where any 2xx will do.
  package var answer: HandshakeReply?
  /// The body as JSON where the check had to parse it: nobody need validate it again.
  package var document: JSON?

  init(secretID: String? = nil, retryWindow: Int) {
    self.secretID = secretID
    self.retryWindow = retryWindow
  }
}

/// An answer, to the byte.
package struct HandshakeReply: Sendable, Equatable {
  package var status: Int
  package var headers: HeaderList
  package var body: [UInt8]
  /// An address that must be fetched with GET after the answer; already checked to be the provider's.
  package var followUp: String?
  /// What a person should see, such as a token that the provider sent for the settings.
  package var note: String?

  package init(
    status: Int = 200, headers: [(String, String)] = [], body: [UInt8] = [], followUp: String? = nil,
    note: String? = nil
  ) {
    self.status = status
    self.headers = HeaderList(headers)
    self.body = body
    self.followUp = followUp
    self.note = note
  }

  static func text(_ text: String, headers: [(String, String)] = []) -> HandshakeReply {
    // What is repeated here came from a stranger: no browser may take it for a page.
    let fixed = [("content-type", "text/plain; charset=utf-8"), ("x-content-type-options", "nosniff")]
    return HandshakeReply(headers: fixed + headers, body: Array(text.utf8))
  }

  static func json(_ value: JSON) -> HandshakeReply {
    HandshakeReply(headers: [("content-type", "application/json")], body: value.bytes)
  }

  static func empty(_ status: Int) -> HandshakeReply { HandshakeReply(status: status) }
}
