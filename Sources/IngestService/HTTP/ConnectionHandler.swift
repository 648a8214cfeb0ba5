// One HTTP connection: bytes in, bytes out. It keeps requests in order, enforces the limits of sizes and times, and
// leaves every decision to the router.
//
// Requests that a client pipelines are answered one after another: while one is in work, further parts wait here and
// nothing more is read from the socket.

import NIOCore
import NIOHTTP1

final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  private enum State {
    case idle
    /// The body is being read.
    case reading(Reading)
    /// The answer is being made; `drains` while the rest of the request still arrives and is dropped.
    case responding(drains: Bool)
    /// The last answer has been written; what still arrives is dropped until the peer closes.
    case lingering
  }

  private struct Reading {
    let request: IncomingRequest
    let keepAlive: Bool
    let limit: Int
    let respond: @Sendable (ByteBuffer) -> EventLoopFuture<HTTPAnswer>
    var body: ByteBuffer
  }

  private let router: any RequestRouter
  private let services: ConnectionServices
  private var state = State.idle
  private var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var readIsDue = false
  private var isQuiescing = false
  private var clientAddress = ""
  private var lastActivity = NIODeadline.now()
  private var watch: RepeatedTask?

  init(router: any RequestRouter, services: ConnectionServices) {
    self.router = router
    self.services = services
  }

  func handlerAdded(context: ChannelHandlerContext) {
    clientAddress = context.remoteAddress?.ipAddress ?? ""
    let channel = context.channel
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    watch = context.eventLoop.scheduleRepeatedTask(
      initialDelay: ConnectionServices.watchInterval, delay: ConnectionServices.watchInterval
    ) { _ in
      bound.value.0.checkTimes(context: bound.value.1)
    }
    services.connections.add(channel)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    watch?.cancel()
    services.connections.remove(context.channel)
    if case .reading(let reading) = state { services.budget.release(reading.body.readableBytes) }
  }

  // MARK: reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    lastActivity = .now()
    let part = unwrapInboundIn(data)
    if waiting.isEmpty { take(part, context: context) } else { waiting.append(part) }
  }

  private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
    switch (state, part) {
    case (.idle, .head(let head)): begin(head, context: context)
    case (.reading, .body(let bytes)): append(bytes, context: context)
    case (.reading(let reading), .end): finish(reading, context: context)
    case (.responding(drains: true), .end): state = .responding(drains: false)
    case (.responding(drains: true), .body), (.lingering, _), (.idle, .body), (.idle, .end): break
    case (.responding, _), (.reading, .head): waiting.append(part)
    }
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    let request = IncomingRequest(head: head, clientAddress: clientAddress)
    let started = NIODeadline.now()
    guard ConnectionServices.accepts(head) else {
      return answer(Problem.headersTooLarge.answer(requestID: request.requestID), to: request, context: context)
    }
    switch router.judge(request) {
    case .answer(let answer):
      state = .responding(drains: true)
      write(answer, to: request, started: started, keepAlive: head.isKeepAlive && !head.hasBody, context: context)
    case .later(let future):
      state = .responding(drains: true)
      answer(when: future, to: request, started: started, keepAlive: head.isKeepAlive && !head.hasBody, context: context)
    case .read(let limit, let respond):
      if let length = head.declaredLength, length > limit {
        return answer(
          Problem.bodyTooLarge(limit: limit).answer(requestID: request.requestID), to: request, context: context)
      }
      let reading = Reading(
        request: request, keepAlive: head.isKeepAlive, limit: limit, respond: respond, body: ByteBuffer())
      state = .reading(reading)
      if head.expectsContinue { writeContinue(context: context) }
    }
  }

  private func append(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
    guard case .reading(var reading) = state else { return }
    state = .idle  // gives up the only other reference to the body, so that appending does not copy it
    guard reading.body.readableBytes + bytes.readableBytes <= reading.limit else {
      services.budget.release(reading.body.readableBytes)
      let problem = Problem.bodyTooLarge(limit: reading.limit)
      return answer(problem.answer(requestID: reading.request.requestID), to: reading.request, context: context)
    }
    guard services.budget.reserve(bytes.readableBytes) else {
      services.budget.release(reading.body.readableBytes)
      let problem = Problem.unavailable("Too many large bodies arrive at once.", retryAfter: 1)
      return answer(problem.answer(requestID: reading.request.requestID), to: reading.request, context: context)
    }
    if reading.body.readableBytes == 0 { reading.body = bytes } else { reading.body.writeImmutableBuffer(bytes) }
    state = .reading(reading)
  }

  private func finish(_ reading: Reading, context: ChannelHandlerContext) {
    state = .responding(drains: false)
    let size = reading.body.readableBytes
    let future = reading.respond(reading.body)
    answer(when: future, to: reading.request, started: .now(), keepAlive: reading.keepAlive, held: size, context: context)
  }

  // MARK: answering

  private func answer(
    when future: EventLoopFuture<HTTPAnswer>, to request: IncomingRequest, started: NIODeadline, keepAlive: Bool,
    held: Int = 0, context: ChannelHandlerContext
  ) {
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    let budget = services.budget
    future.hop(to: context.eventLoop).whenComplete { result in
      budget.release(held)
      let (handler, context) = bound.value
      guard context.channel.isActive else { return }
      let answer =
        switch result {
        case .success(let answer): answer
        case .failure(let error): handler.services.answer(to: error, requestID: request.requestID)
        }
      handler.write(answer, to: request, started: started, keepAlive: keepAlive, context: context)
    }
  }

  /// Answers and takes no further request: the rest of this one is not wanted.
  private func answer(_ answer: HTTPAnswer, to request: IncomingRequest, context: ChannelHandlerContext) {
    write(answer, to: request, started: .now(), keepAlive: false, context: context)
  }

  private func write(
    _ answer: HTTPAnswer, to request: IncomingRequest, started: NIODeadline, keepAlive: Bool,
    context: ChannelHandlerContext
  ) {
    services.metrics.answered(status: answer.status, after: NIODeadline.now() - started)
    let closes = !keepAlive || isQuiescing
    var output = context.channel.allocator.buffer(capacity: 320 + answer.body.readableBytes)
    answer.write(
      to: &output, requestID: request.requestID, date: services.date.text, closes: closes,
      withBody: request.method != "HEAD")
    if closes {
      state = .lingering
      waiting.removeAll()
      context.writeAndFlush(wrapOutboundOut(output), promise: nil)
      context.close(mode: .output, promise: nil)
      lastActivity = .now()
    } else {
      state = .idle
      context.writeAndFlush(wrapOutboundOut(output), promise: nil)
      resume(context: context)
    }
  }

  /// Goes on with what was pipelined behind the request that has just been answered.
  private func resume(context: ChannelHandlerContext) {
    while let part = waiting.popFirst() {
      take(part, context: context)
      if case .responding = state { break }
    }
    if readIsDue, waiting.isEmpty {
      readIsDue = false
      context.read()
    }
  }

  private func writeContinue(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
  }

  func read(context: ChannelHandlerContext) {
    if waiting.isEmpty { context.read() } else { readIsDue = true }
  }

  // MARK: ends

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    guard error is HTTPParserError else { return context.close(promise: nil) }
    guard case .idle = state else { return context.close(promise: nil) }
    let answer = Problem.malformed("This is not a well-formed HTTP/1.1 request.").answer(requestID: RequestID.random())
    var output = ByteBuffer()
    answer.write(to: &output, requestID: RequestID.random(), date: services.date.text, closes: true, withBody: true)
    state = .lingering
    services.metrics.answered(status: 400, after: .zero)
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    context.close(mode: .output, promise: nil)
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    switch event {
    case is QuiesceEvent:
      isQuiescing = true
      if case .idle = state { context.close(promise: nil) }
    case ChannelEvent.inputClosed:
      // A client that has said all it will say still gets its answer.
      switch state {
      case .idle, .reading, .lingering: context.close(promise: nil)
      case .responding: isQuiescing = true
      }
    default:
      context.fireUserInboundEventTriggered(event)
    }
  }

  private func checkTimes(context: ChannelHandlerContext) {
    let quiet = NIODeadline.now() - lastActivity
    switch state {
    case .idle where quiet > ConnectionServices.idleLimit: context.close(promise: nil)
    case .lingering where quiet > ConnectionServices.lingerLimit: context.close(promise: nil)
    case .reading(let reading) where quiet > ConnectionServices.readLimit:
      services.budget.release(reading.body.readableBytes)
      answer(
        Problem.timedOutReceiving.answer(requestID: reading.request.requestID), to: reading.request, context: context)
    default: break
    }
  }
}

/// Tells a connection to take no further request.
struct QuiesceEvent: Sendable {}

extension HTTPRequestHead {
  var declaredLength: Int? { headers.first(name: "content-length").flatMap { Int($0) } }
  var hasBody: Bool { (declaredLength ?? 0) > 0 || headers.contains(name: "transfer-encoding") }
  var expectsContinue: Bool {
    version.minor >= 1 && headers.first(name: "expect")?.lowercased() == "100-continue"
  }
}
