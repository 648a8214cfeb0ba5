// What the connection handler asks: first about the head alone, then about the whole request.

package import NIOCore

package protocol RequestRouter: Sendable {
  /// Called on the event loop of the connection, before any of the body is read.
  func judge(_ request: IncomingRequest) -> HeadVerdict
}

/// What the head alone decides.
package enum HeadVerdict: Sendable {
  /// The request is answered now; its body is of no interest.
  case answer(HTTPAnswer)
  /// No body is needed; the answer takes a moment.
  case later(EventLoopFuture<HTTPAnswer>)
  /// Read the body up to `limit` bytes, then call `respond` on the event loop; it calls back once, on the event loop.
  case read(limit: Int, respond: Responder)
}

package typealias Responder = @Sendable (ByteBuffer, @escaping @Sendable (HTTPAnswer) -> Void) -> Void
