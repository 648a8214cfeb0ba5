// One HTTP connection: bytes in, bytes out. It keeps requests in order, enforces the limits of sizes and times, and
// leaves every decision to the router.
//
// Requests that a client pipelines are answered one after another: while one is in work, or the client does not read
// its answers, further parts wait here and nothing more is read from the socket.

import NIOCore
import NIOHTTP1

final class ConnectionHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundIn = Never
  typealias OutboundOut = ByteBuffer

  enum State {
    case idle
    /// The body is being read.
    case reading(Reading)
    /// The answer is being made; `drains` while the rest of the request still arrives and is dropped.
    case responding(drains: Bool)
    /// The last answer is on its way; what still arrives is dropped until the peer closes.
    case lingering
  }

  final class Reading {
    let request: IncomingRequest
    let limit: Int
    let respond: Responder
    var body = ByteBuffer()

    init(_ request: IncomingRequest, limit: Int, respond: @escaping Responder) {
      self.request = request
      self.limit = limit
      self.respond = respond
    }

    func isAll(_ bytes: ByteBuffer) -> Bool { bytes.readableBytes == request.facts.declaredLength }
  }

  private let router: any RequestRouter
  let services: ConnectionServices
  var state = State.idle
  var waiting = CircularBuffer<HTTPServerRequestPart>()
  private var isResuming = false
  private var readIsDue = false
  var isQuiescing = false
  var inputIsClosed = false
  /// Why nothing can be read behind the parts that wait.
  var fault: HTTPParserError?
  private(set) var client = ClientAddress.unknown
  /// Between requests that of this server: bytes that make no whole head do not keep a connection.
  var lastActivity = NIODeadline.uptimeNanoseconds(0)
  /// When the last answer had left; nil before.
  var lingerStart: NIODeadline?
  /// The request whose answer is being made of its body.
  var inWork: IncomingRequest?
  /// Bytes of answers that the client had not taken at the last look.
  var unsent = 0
  private var watch: RepeatedTask?
  /// For callbacks; nil when this handler is in no pipeline.
  private var bound: NIOLoopBound<(ConnectionHandler, ChannelHandlerContext)>?

  init(router: any RequestRouter, services: ConnectionServices) {
    self.router = router
    self.services = services
  }

  func handlerAdded(context: ChannelHandlerContext) {
    client = ClientAddress(peer: context.remoteAddress, trusted: services.proxies)
    lastActivity = context.eventLoop.now
    let channel = context.channel
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    self.bound = bound
    watch = context.eventLoop.scheduleRepeatedTask(
      initialDelay: ConnectionServices.watchInterval, delay: ConnectionServices.watchInterval
    ) { _ in
      bound.value.0.checkTimes(context: bound.value.1)
    }
    services.connections.add(channel)
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    watch?.cancel()
    bound = nil
    services.connections.remove(context.channel)
    if case .reading(let reading) = state { abandon(reading) }
  }

  // MARK: reading

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let part = unwrapInboundIn(data)
    if waiting.isEmpty, hasRoom(for: part, context: context) {
      take(part, context: context)
    } else {
      waiting.append(part)
    }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    if case .idle = state {} else { lastActivity = context.eventLoop.now }
    context.fireChannelReadComplete()
  }

  // The two below look at state and part one after the other: a switch over both at once would copy them.

  /// A further request waits for the answer before it, and for a client that does not read what it asked for.
  private func hasRoom(for part: HTTPServerRequestPart, context: ChannelHandlerContext) -> Bool {
    var isHead = false
    if case .head = part { isHead = true }
    return switch state {
    case .idle: !isHead || context.channel.isWritable
    case .reading: !isHead
    case .responding(let drains): drains && !isHead
    case .lingering: true
    }
  }

  private func take(_ part: HTTPServerRequestPart, context: ChannelHandlerContext) {
    switch part {
    case .head(let head):
      if case .idle = state { begin(head, context: context) }
    case .body(let bytes):
      if case .reading = state { append(bytes, context: context) }
    case .end:
      switch state {
      case .reading(let reading): finish(reading, context: context)
      case .responding(drains: true): state = .responding(drains: false)
      case .idle, .responding(drains: false), .lingering: break
      }
    }
  }

  private func begin(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    let request = IncomingRequest(head: head, clientAddress: client.of(head.headers))
    if let problem = ConnectionServices.problem(with: request) {
      return answer(problem.answer(requestID: request.requestID), to: request, context: context)
    }
    switch router.judge(request) {
    case .answer(let answer):
      state = .responding(drains: true)
      write(
        answer, to: request, started: context.eventLoop.now,
        keepAlive: request.leavesConnectionOpen && request.facts.isSoonOver, context: context)
    case .later(let future):
      state = .responding(drains: true)
      answer(
        when: future, to: request, started: context.eventLoop.now,
        keepAlive: request.leavesConnectionOpen && request.facts.isSoonOver,
        context: context)
    case .read(let limit, let respond):
      if let length = request.facts.declaredLength, length > limit {
        return answer(
          Problem.bodyTooLarge(limit: limit).answer(requestID: request.requestID), to: request, context: context)
      }
      state = .reading(Reading(request, limit: limit, respond: respond))
      lastActivity = context.eventLoop.now
      if request.facts.expectsContinue { writeContinue(context: context) }
    }
  }

  private func append(_ bytes: ByteBuffer, context: ChannelHandlerContext) {
    guard case .reading(let reading) = state else { return }
    reading.request.audit.bodyBytes += bytes.readableBytes
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
    if reading.body.readableBytes > 0 {
      reading.body.writeImmutableBuffer(bytes)
    } else {
      reading.body = reading.isAll(bytes) ? bytes : bytes.withoutSurroundings
    }
  }

  private func finish(_ reading: Reading, context: ChannelHandlerContext) {
    state = .responding(drains: false)
    guard let bound else { return }
    let started = context.eventLoop.now
    let (request, held, budget) = (reading.request, reading.body.readableBytes, services.budget)
    inWork = request
    reading.respond(reading.body) { answer in
      budget.release(held)
      let (handler, context) = bound.value
      handler.inWork = nil
      guard context.channel.isActive else { return handler.keep(answer, to: request, started: started) }
      handler.write(
        answer, to: request, started: started, keepAlive: request.leavesConnectionOpen, context: context)
    }
  }

  // MARK: answering

  private func answer(
    when future: EventLoopFuture<HTTPAnswer>, to request: IncomingRequest, started: NIODeadline, keepAlive: Bool,
    context: ChannelHandlerContext
  ) {
    guard let bound else { return }
    future.hop(to: context.eventLoop).whenComplete { result in
      let (handler, context) = bound.value
      let answer =
        switch result {
        case .success(let answer): answer
        case .failure(let error): handler.services.answer(to: error, requestID: request.requestID)
        }
      guard context.channel.isActive else { return handler.keep(answer, to: request, started: started) }
      handler.write(answer, to: request, started: started, keepAlive: keepAlive, context: context)
    }
  }

  /// Answers and takes no further request: the rest of this one is not wanted.
  func answer(_ answer: HTTPAnswer, to request: IncomingRequest, context: ChannelHandlerContext) {
    write(answer, to: request, started: context.eventLoop.now, keepAlive: false, context: context)
  }

  private func write(
    _ answer: HTTPAnswer, to request: IncomingRequest, started: NIODeadline, keepAlive: Bool,
    context: ChannelHandlerContext
  ) {
    let now = context.eventLoop.now
    let time = now - started
    services.metrics.answered(status: answer.status, after: time)
    services.audit?.record(answer, to: request, after: time)
    let closes = !keepAlive || isQuiescing || inputIsClosed && fault == nil && !hasNextRequest
    var output = context.channel.allocator.buffer(capacity: 320 + answer.body.readableBytes)
    answer.write(
      to: &output, requestID: request.requestID, date: services.date.text,
      connection: closes ? .close : request.isOld ? .keepAlive : .none, withBody: request.method != "HEAD")
    lastActivity = now
    if closes { return end(with: output, context: context) }
    state = .idle
    context.writeAndFlush(wrapOutboundOut(output), promise: nil)
    resume(context: context)
  }

  /// Nobody is left who could be answered; what became of the request is kept all the same.
  private func keep(_ answer: HTTPAnswer, to request: IncomingRequest, started: NIODeadline) {
    services.audit?.record(answer, to: request, after: .now() - started, isUnanswered: true)
  }

  private var hasNextRequest: Bool {
    waiting.contains { part in
      if case .head = part { true } else { false }
    }
  }

  /// Goes on with what was pipelined behind the request that has just been answered. A loop, not a recursion: a client
  /// may have sent thousands.
  private func resume(context: ChannelHandlerContext) {
    guard !isResuming else { return }
    isResuming = true
    while let part = waiting.first, hasRoom(for: part, context: context) {
      waiting.removeFirst()
      take(part, context: context)
    }
    isResuming = false
    if inputIsClosed || fault != nil { endWhenDone(context: context) }
    readIfDue(context: context)
  }

  private func writeContinue(context: ChannelHandlerContext) {
    context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: "HTTP/1.1 100 Continue\r\n\r\n")), promise: nil)
  }

  func read(context: ChannelHandlerContext) {
    readIsDue = true
    readIfDue(context: context)
  }

  func readIfDue(context: ChannelHandlerContext) {
    guard readIsDue, waiting.isEmpty, context.channel.isWritable || isLingering else { return }
    readIsDue = false
    context.read()
  }

  func channelWritabilityChanged(context: ChannelHandlerContext) {
    if context.channel.isWritable { resume(context: context) }
    context.fireChannelWritabilityChanged()
  }
}

extension ByteBuffer {
  /// Itself, or a copy of its bytes when it would keep much more in memory: a small part of what a socket had.
  fileprivate var withoutSurroundings: ByteBuffer {
    storageCapacity > 2 * readableBytes + 1024 ? ByteBuffer(bytes: readableBytesView) : self
  }
}
