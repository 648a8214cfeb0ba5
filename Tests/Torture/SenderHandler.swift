// One kept-alive connection of a sender: a webhook out, its answer in, then it is free for the next.

import NIOCore
import NIOHTTP1

final class SenderHandler: ChannelDuplexHandler {
  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = Webhook
  typealias OutboundOut = HTTPClientRequestPart

  /// Longer than a paused Redis and a caller's own limit together.
  private static let patience = TimeAmount.seconds(25)

  private let senders: Senders
  private var webhook: Webhook?
  private var alarm: Scheduled<Void>?
  private var head: HTTPResponseHead?
  private var body = ByteBuffer()

  init(senders: Senders) {
    self.senders = senders
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    let webhook = unwrapOutboundIn(data)
    self.webhook = webhook
    body.clear()
    let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
    alarm = context.eventLoop.scheduleTask(in: Self.patience) { bound.value.0.giveUp(context: bound.value.1) }
    // The decoder has to know the method; the bytes are ready.
    context.write(wrapOutboundOut(.head(HTTPRequestHead(version: .http1_1, method: .POST, uri: "/"))), promise: nil)
    context.write(wrapOutboundOut(.body(.byteBuffer(webhook.request))), promise: promise)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): self.head = head
    case .body(var bytes): body.writeBuffer(&bytes)
    case .end:
      guard let head, let webhook = take() else { return context.close(promise: nil) }
      senders.answered(
        webhook, status: Int(head.status.code), execution: head.headers.first(name: "Millrace-Execution-Id"),
        body: String(buffer: body))
      if head.isKeepAlive {
        senders.isFree(context.channel, synchronous: webhook.workflow == .sync)
      } else {
        context.close(promise: nil)
      }
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if let webhook = take() { senders.broken(webhook) }
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func giveUp(context: ChannelHandlerContext) {
    if let webhook = take() { senders.hanging(webhook) }
    context.close(promise: nil)
  }

  private func take() -> Webhook? {
    defer { webhook = nil }
    alarm?.cancel()
    return webhook
  }
}

/// Lets the decoder see the heads and puts only the bodies, which are whole requests, on the wire.
final class RawRequestEncoder: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = ByteBuffer

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .body(.byteBuffer(let bytes)): context.write(wrapOutboundOut(bytes), promise: promise)
    case .head, .body, .end: promise?.succeed()
    }
  }
}
