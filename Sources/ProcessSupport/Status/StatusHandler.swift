// Answers one request of one connection under /-/ and closes: scrapes and probes are rare, and a connection that may
// live for seconds only needs no further limits.

import NIOCore
import NIOHTTP1

final class StatusHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  /// From the first byte to the last, whatever the other side does.
  private static let lifetime = TimeAmount.seconds(10)

  private let endpoints: StatusEndpoints
  private var request: HTTPRequestHead?
  private var deadline: Scheduled<Void>?

  init(endpoints: StatusEndpoints) {
    self.endpoints = endpoints
  }

  func channelActive(context: ChannelHandlerContext) {
    let channel = context.channel
    deadline = context.eventLoop.scheduleTask(in: Self.lifetime) { channel.close(promise: nil) }
    context.fireChannelActive()
  }

  func channelInactive(context: ChannelHandlerContext) {
    deadline?.cancel()
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    context.close(promise: nil)
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): request = request ?? head
    case .body: break
    case .end:
      guard let head = request else { return }
      answer(head, context: context)
    }
  }

  private func answer(_ head: HTTPRequestHead, context: ChannelHandlerContext) {
    guard head.method == .GET || head.method == .HEAD else {
      send((405, "text/plain", "only GET and HEAD\n"), to: head, extra: [("Allow", "GET, HEAD")], context: context)
      return
    }
    let path = String(head.uri.prefix { $0 != "?" })
    send(endpoints.response(for: path) ?? (404, "text/plain", "not found\n"), to: head, context: context)
  }

  private func send(
    _ answer: (status: Int, contentType: String, body: String), to request: HTTPRequestHead,
    extra: [(String, String)] = [], context: ChannelHandlerContext
  ) {
    var headers = HTTPHeaders(extra)
    headers.add(name: "Content-Type", value: answer.contentType)
    headers.add(name: "Content-Length", value: "\(answer.body.utf8.count)")
    headers.add(name: "Cache-Control", value: "no-store")
    headers.add(name: "Connection", value: "close")
    let status = HTTPResponseStatus(statusCode: answer.status)
    let head = HTTPResponseHead(version: .http1_1, status: status, headers: headers)
    context.write(wrapOutboundOut(.head(head)), promise: nil)
    if request.method == .GET || answer.status == 405 {
      context.write(wrapOutboundOut(.body(.byteBuffer(ByteBuffer(string: answer.body)))), promise: nil)
    }
    let channel = context.channel
    context.writeAndFlush(wrapOutboundOut(.end(nil))).whenComplete { _ in channel.close(promise: nil) }
  }
}
