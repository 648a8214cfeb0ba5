// One connection of an HTTP target: collects a request, asks the test for the answer, writes it.

import NIOCore
import NIOHTTP1

final class HTTPTargetHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let connection: Int
  private let record: RequestRecord
  private let answer: HTTPTarget.Handler
  private var head: HTTPRequestHead?
  private var body: [UInt8] = []

  init(connection: Int, record: RequestRecord, answer: @escaping HTTPTarget.Handler) {
    self.connection = connection
    self.record = record
    self.answer = answer
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head):
      self.head = head
      body = []
    case .body(let bytes):
      body.append(contentsOf: bytes.readableBytesView)
    case .end:
      guard let head else { return }
      self.head = nil
      finish(head, on: context.channel)
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }

  private func finish(_ head: HTTPRequestHead, on channel: any Channel) {
    let bytes = body
    body = []
    let request = record.append { index in
      HTTPTarget.Request(
        index: index, method: head.method.rawValue, uri: head.uri,
        version: "\(head.version.major).\(head.version.minor)",
        headers: head.headers.map { (name: $0.name, value: $0.value) }, body: bytes, connection: connection)
    }
    let answer = answer
    Task {
      let response = await answer(request)
      respond(response, to: head, on: channel)
    }
  }
}

private func respond(_ response: HTTPTarget.Response, to head: HTTPRequestHead, on channel: any Channel) {
  guard !response.dropsConnection else { return channel.close(promise: nil) }
  var headers = HTTPHeaders(response.headers.map { ($0.name, $0.value) })
  if !headers.contains(name: "Content-Length"), response.status != 204, response.status != 304 {
    headers.add(name: "Content-Length", value: String(response.body.count))
  }
  let line = HTTPResponseHead(
    version: head.version, status: HTTPResponseStatus(statusCode: response.status), headers: headers)
  channel.write(HTTPServerResponsePart.head(line), promise: nil)
  if head.method != .HEAD, !response.body.isEmpty {
    channel.write(HTTPServerResponsePart.body(.byteBuffer(ByteBuffer(bytes: response.body))), promise: nil)
  }
  let isKept = head.isKeepAlive
  channel.writeAndFlush(HTTPServerResponsePart.end(nil)).whenComplete { _ in
    if !isKept { channel.close(promise: nil) }
  }
}
