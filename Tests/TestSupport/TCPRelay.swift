// One direction of one connection through a TCP proxy.

import NIOCore

/// Gives on what it reads, in order, as the proxy's disturbance says.
final class TCPRelay: ChannelDuplexHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundIn = ByteBuffer

  enum Side { case client, target }

  struct DisturbanceChanged: Sendable {}

  private let side: Side
  private let other: any Channel
  private let proxy: TCPProxy
  private var hasGreeted = false
  /// Bytes on their way, with the time of their arrival.
  private var delayed = CircularBuffer<(due: NIODeadline, bytes: ByteBuffer)>()
  private var wantsRead = false

  init(from side: Side, to other: any Channel, proxy: TCPProxy) {
    self.side = side
    self.other = other
    self.proxy = proxy
  }

  func read(context: ChannelHandlerContext) {
    if proxy.disturbance.isBlackHole { wantsRead = true } else { context.read() }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    guard event is DisturbanceChanged else { return context.fireUserInboundEventTriggered(event) }
    if wantsRead, !proxy.disturbance.isBlackHole {
      wantsRead = false
      context.read()
    }
    if !other.isActive, !proxy.disturbance.hidesEnds { context.close(promise: nil) }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    if side == .client {
      if !hasGreeted { proxy.note(greeting: String(buffer: bytes)) }
      hasGreeted = true
    } else if let count = proxy.bytesBeforeCut(of: bytes.readableBytes) {
      let proxy = proxy
      return other.writeAndFlush(bytes.readSlice(length: count) ?? ByteBuffer()).whenComplete { _ in proxy.cut() }
    }
    let disturbance = proxy.disturbance
    if disturbance.dropsAnswers, side == .target { return }
    guard disturbance.latency > .zero || !delayed.isEmpty else { return other.writeAndFlush(bytes, promise: nil) }
    delay(bytes, for: disturbance.latency, context: context)
  }

  func channelInactive(context: ChannelHandlerContext) {
    if !proxy.disturbance.hidesEnds {
      while let next = delayed.popFirst() { other.writeAndFlush(next.bytes, promise: nil) }
      other.close(promise: nil)
    }
    context.fireChannelInactive()
  }

  private func delay(_ bytes: ByteBuffer, for latency: Duration, context: ChannelHandlerContext) {
    let wish = context.eventLoop.now + TimeAmount(latency)
    let due = max(wish, delayed.last?.due ?? wish)
    delayed.append((due, bytes))
    let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
    context.eventLoop.scheduleTask(deadline: due) { bound.value.deliver(until: due) }
  }

  private func deliver(until now: NIODeadline) {
    while let next = delayed.first, next.due <= now {
      delayed.removeFirst()
      other.writeAndFlush(next.bytes, promise: nil)
    }
  }
}
