// One connection of the target: notes a call when it has come, and again when it is answered or its connection ends.

import JSONCodec
import NIOCore
import NIOHTTP1

final class TargetHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let seed: UInt64
  private let clock: RunClock
  private let calls: CallBook
  private let callbacks: CallbackBook
  private var head: HTTPRequestHead?
  private var body = ByteBuffer()
  /// The call that waits for its answer.
  private var open: Int?
  private var alarm: Scheduled<Void>?

  init(seed: UInt64, clock: RunClock, calls: CallBook, callbacks: CallbackBook) {
    self.seed = seed
    self.clock = clock
    self.calls = calls
    self.callbacks = callbacks
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body.clear()
    case .body(var bytes): body.writeBuffer(&bytes)
    case .end:
      if let head { answer(head, context: context) }
      head = nil
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    alarm?.cancel()
    if let open { calls.end(open, .broken, at: clock.now) }
    open = nil
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    guard let call = IncomingCall(head, body, at: clock.now) else {
      calls.noteUnreadable()
      return write(.badRequest, "{}", context: context)
    }
    let (serial, failures) = calls.arrive(call.call)
    let manners = Manners(seed: seed, call.call, serial: serial, failures: failures)
    open = serial
    if let url = call.url { callbacks.plan(url, for: call.call.key, n: call.call.n) }
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    alarm = context.eventLoop.scheduleTask(in: .microseconds(Int64(manners.delay * 1e6))) {
      bound.value.0.finish(serial, manners.answer, context: bound.value.1)
    }
  }

  private func finish(_ serial: Int, _ answer: Manners.Answer, context: ChannelHandlerContext) {
    open = nil
    switch answer {
    case .serial:
      // The moment before the answer leaves: what follows from it is later, whoever measures.
      calls.end(serial, .answered, at: clock.now)
      write(.ok, #"{"serial":\#(serial)}"#, context: context)
    case .status(let status, let seconds):
      calls.end(serial, .refused, at: clock.now, retryAfter: seconds ?? 0)
      write(HTTPResponseStatus(statusCode: status), "{}", retryAfter: seconds, context: context)
    case .close:
      calls.end(serial, .closed, at: clock.now)
      context.close(promise: nil)
    }
  }

  private func write(
    _ status: HTTPResponseStatus, _ text: String, retryAfter: Int? = nil, context: ChannelHandlerContext
  ) {
    let body = ByteBuffer(string: text)
    var headers: HTTPHeaders = ["Content-Type": "application/json", "Content-Length": "\(body.readableBytes)"]
    if let retryAfter { headers.add(name: "Retry-After", value: "\(retryAfter)") }
    context.write(
      wrapOutboundOut(.head(HTTPResponseHead(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}

/// A call as its path, its Idempotency-Key and its body tell it.
private struct IncomingCall {
  let call: Call
  /// Where a waiting execution wants to be called.
  let url: String?

  init?(_ head: HTTPRequestHead, _ body: ByteBuffer, at moment: Moment) {
    let path = head.uri.split(separator: "/")
    let name = (head.headers.first(name: "Idempotency-Key") ?? "").split(separator: ":")
    guard path.count == 2, let workflow = TortureWorkflow(key: path[0]), name.count >= 2,
      let key = ExecutionKey(name[0]), let data = try? JSON.parse(Array(body.readableBytesView)),
      let n = data["n"]?.intValue.flatMap({ UInt32(exactly: $0) }),
      let step = workflow.step(ofNode: name[1], item: name.count > 2 ? Int(name[2]) : nil)
    else { return nil }
    let worker = head.headers.first(name: "X-Worker")?.split(separator: "-").last.flatMap { UInt8($0) } ?? 0
    let carried = data["serials"]?.elements.map { $0.intValue ?? 0 } ?? [data["from"]?.intValue ?? 0]
    call = Call(
      high: key.high, n: n, from: UInt32(truncatingIfNeeded: carried.reduce(0, &+)), at: moment, end: moment,
      low: key.low, workflow: workflow, step: UInt8(clamping: step), outcome: .open, retryAfter: 0,
      worker: worker)
    url = data["url"]?.stringValue
  }
}
