// How a connection ends: with an answer that the client can still read, whoever wants the end.

import AuditLog
import NIOCore
import NIOHTTP1

extension ConnectionHandler {
  var isLingering: Bool {
    if case .lingering = state { true } else { false }
  }

  /// Sends the last bytes and, once they have left, tells the client that no more will come. Closing at once would
  /// reset the connection of a client that is still sending, and it might never see its answer.
  func end(with output: ByteBuffer, context: ChannelHandlerContext) {
    state = .lingering
    waiting.removeAll()
    let promise = context.eventLoop.makePromise(of: Void.self)
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    promise.futureResult.whenComplete { _ in
      let (handler, context) = bound.value
      handler.lingerStart = context.eventLoop.now
      context.close(mode: handler.inputIsClosed ? .all : .output, promise: nil)
    }
    context.writeAndFlush(wrapOutboundOut(output), promise: promise)
    readIfDue(context: context)
  }

  /// Closes a connection without a request in work; answers that are still on their way arrive.
  func leave(context: ChannelHandlerContext) {
    if bytesToSend(context) > 0 { end(with: ByteBuffer(), context: context) } else { context.close(promise: nil) }
  }

  private func bytesToSend(_ context: ChannelHandlerContext) -> Int {
    (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
  }

  /// Nobody is left to wait for the answer.
  func channelInactive(context: ChannelHandlerContext) {
    let request = inWork
    inWork = nil
    request?.isGone = true
    request?.whenGone?()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard let error = error as? HTTPParserError, error != .invalidEOFState else { return context.close(promise: nil) }
    switch state {
    case .idle where waiting.isEmpty: refuse(error, requestID: RequestID.random(), context: context)
    case .reading(let reading):
      services.budget.release(reading.body.readableBytes)
      refuse(error, requestID: reading.request.requestID, context: context)
    // What came before is answered; nothing can be read behind it.
    case .idle, .responding: isQuiescing = true
    case .lingering: break
    }
  }

  private func refuse(_ error: HTTPParserError, requestID: String, context: ChannelHandlerContext) {
    let problem =
      error == .headerOverflow
      ? Problem.headersTooLarge : Problem.malformed("This is not a well-formed HTTP/1.1 request.", check: .http)
    var output = ByteBuffer()
    problem.answer(requestID: requestID)
      .write(to: &output, requestID: requestID, date: services.date.text, closes: true, withBody: true)
    services.metrics.answered(status: problem.status, after: .zero)
    services.audit?.record(problem, requestID: requestID, from: client.peer)
    end(with: output, context: context)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is QuiesceEvent:
      isQuiescing = true
      if case .idle = state, waiting.isEmpty { leave(context: context) }
    case ChannelEvent.inputClosed:
      inputIsClosed = true
      closeWhenDone(context: context)
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  /// A client that has said all it will say still gets its answers.
  private func closeWhenDone(context: ChannelHandlerContext) {
    switch state {
    case .reading: context.close(promise: nil)
    case .idle: if waiting.isEmpty { leave(context: context) }
    case .lingering: if lingerStart != nil { context.close(promise: nil) }
    case .responding: break
    }
  }

  func checkTimes(context: ChannelHandlerContext) {
    let now = context.eventLoop.now
    let rest = bytesToSend(context)
    // A client that takes a large answer slowly is not quiet.
    if rest != unsent { lastActivity = now }
    unsent = rest
    let quiet = now - lastActivity
    switch state {
    case .idle where quiet > ConnectionServices.idleLimit: context.close(promise: nil)
    case .reading(let reading) where quiet > ConnectionServices.readLimit:
      services.budget.release(reading.body.readableBytes)
      answer(
        Problem.timedOutReceiving.answer(requestID: reading.request.requestID), to: reading.request, context: context)
    case .lingering where mayClose(lingering: now, quiet: quiet): context.close(promise: nil)
    default: break
    }
  }

  private func mayClose(lingering now: NIODeadline, quiet: TimeAmount) -> Bool {
    guard let lingerStart else { return quiet > ConnectionServices.idleLimit }
    let time = now - lingerStart
    return min(quiet, time) > ConnectionServices.lingerLimit || time > ConnectionServices.lingerTotal
  }
}

/// Tells a connection to take no further request.
struct QuiesceEvent: Sendable {}
