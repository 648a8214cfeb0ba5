// Stands behind the TLS handler: gives a handshake its time, counts those that fail, and keeps errors that mean no more
// than "the connection is over" from the handlers behind it.

import Logging
import NIOCore
import NIOSSL
import NIOTLS
import ProcessSupport

final class HandshakeGuard: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias InboundOut = ByteBuffer

  static let limit: TimeAmount = .seconds(10)

  private let metrics: IngestMetrics
  private let logger: Logger
  private var isDone = false
  private var alarm: Scheduled<Void>?

  init(metrics: IngestMetrics, logger: Logger) {
    self.metrics = metrics
    self.logger = logger
  }

  func handlerAdded(context: ChannelHandlerContext) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    alarm = context.eventLoop.scheduleTask(in: Self.limit) {
      bound.value.0.giveUp(context: bound.value.1)
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    alarm?.cancel()
    alarm = nil
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case .handshakeCompleted? = event as? TLSUserEvent {
      isDone = true
      alarm?.cancel()
      alarm = nil
    }
    context.fireUserInboundEventTriggered(event)
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    if !isDone {
      fail("\(error)", context: context)
      // The TLS handler closes by itself, most times.
      context.close(promise: nil)
    } else if case NIOSSLError.uncleanShutdown = error {
      // The peer has ended its side without saying so in TLS. HTTP frames its messages, so nothing is cut off unseen,
      // and answers that are still due may be read; the end of the input follows as an event of its own.
      return
    } else {
      context.fireErrorCaught(error)
    }
  }

  private func giveUp(context: ChannelHandlerContext) {
    guard !isDone else { return }
    fail("not done within \(Self.limit.nanoseconds / 1_000_000_000) s", context: context)
    context.close(promise: nil)
  }

  private func fail(_ reason: String, context: ChannelHandlerContext) {
    guard alarm != nil else { return }
    alarm?.cancel()
    alarm = nil
    metrics.failedHandshakes.increment()
    logger.debug(
      "TLS handshake failed",
      metadata: ["client": "\(context.remoteAddress?.ipAddress ?? "")", "error": "\(reason)"])
  }
}
