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
    switch error {
    // The end of the input is told as an event too, and what comes behind a fault is dropped.
    case HTTPParserError.invalidEOFState, ByteToMessageDecoderError.dataReceivedInErrorState: break
    case let error as HTTPParserError:
      // In the rest of a request whose answer is being made: that one is the last.
      if case .responding(drains: true) = state { isQuiescing = true } else { fault = error }
      endWhenDone(context: context)
    default: context.close(promise: nil)
    }
  }

  /// When all that came before the end of the input, or before what cannot be read, has got its answer.
  func endWhenDone(context: ChannelHandlerContext) {
    guard waiting.isEmpty else { return }
    switch state {
    case .idle: if let fault { refuse(.unreadable(fault), context: context) } else { leave(context: context) }
    case .reading(let reading):
      guard let fault else {
        abandon(reading)
        state = .lingering
        return leave(context: context)
      }
      services.budget.release(reading.body.readableBytes)
      let problem = Problem.unreadable(fault)
      answer(problem.answer(requestID: reading.request.requestID), to: reading.request, context: context)
    case .responding: break
    case .lingering: if inputIsClosed, lingerStart != nil { context.close(promise: nil) }
    }
  }

  func abandon(_ reading: Reading) {
    services.budget.release(reading.body.readableBytes)
    services.audit?.record(aborted: reading.request)
  }

  /// Answers what is no request.
  private func refuse(_ problem: Problem, context: ChannelHandlerContext) {
    let requestID = RequestID.random()
    var output = ByteBuffer()
    problem.answer(requestID: requestID)
      .write(to: &output, requestID: requestID, date: services.date.text, connection: .close, withBody: true)
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
      endWhenDone(context: context)
    default:
      context.fireUserInboundEventTriggered(event)
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
