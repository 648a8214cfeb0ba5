// One connection without a socket: bytes go in, answers come out, time passes when the test says so.

import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import ProcessSupport
import Synchronization

@testable import IngestService

final class HandlerStage {
  let channel = EmbeddedChannel()
  let router: FakeRouter
  let budget = BodyBudget(limit: 100)
  let connections = OpenConnections(limit: 10)
  let halfClose = HalfClose()

  init(audit: AuditWriter? = nil) throws {
    router = FakeRouter(eventLoop: channel.eventLoop)
    let services = ConnectionServices(
      budget: budget, connections: connections, metrics: IngestMetrics(registry: MetricsRegistry()),
      date: DateHeader(), audit: audit?.trail(on: channel.eventLoop),
      logger: Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() }))
    let decoder = ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes))
    try channel.pipeline.syncOperations.addHandlers(
      halfClose, decoder, ConnectionHandler(router: router, services: services))
    channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    channel.embeddedEventLoop.run()
  }

  func write(_ text: String) throws {
    try channel.writeInbound(ByteBuffer(string: text))
    channel.embeddedEventLoop.run()
  }

  /// What has been answered since the last look.
  func answers() throws -> String {
    var text = ""
    while let bytes = try channel.readOutbound(as: ByteBuffer.self) { text += String(buffer: bytes) }
    return text
  }

  /// The bodies of what has been answered since the last look; each is a word in brackets.
  func bodies() throws -> [String] {
    try answers().split(separator: "[").dropFirst().map { String($0.prefix { $0 != "]" }) }
  }

  func pass(_ seconds: Int64) { channel.embeddedEventLoop.advanceTime(by: .seconds(seconds)) }

  func fire(_ event: some Sendable) {
    channel.pipeline.fireUserInboundEventTriggered(event)
    channel.embeddedEventLoop.run()
  }
}

/// Gives the embedded channel what sockets have: an end of the output alone.
final class HalfClose: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  private(set) var isOutputClosed = false

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .output else { return context.close(mode: mode, promise: promise) }
    isOutputClosed = true
    promise?.succeed()
  }
}

/// `/now` is answered at once, `/later` when the test says so, everything else reads its body, 10 bytes at most, and is
/// answered with it, `/slow` when the test says so.
final class FakeRouter: RequestRouter {
  private let eventLoop: any EventLoop
  private let pending = Mutex<[EventLoopPromise<HTTPAnswer>]>([])
  private let gone = Mutex(0)

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// How often a client of `/slow` was gone before its answer.
  var goneCount: Int { gone.withLock { $0 } }

  func judge(_ request: IncomingRequest) -> HeadVerdict {
    switch request.path {
    case "/now": return .answer(Self.answer("now"))
    case "/large": return .answer(Self.answer(String(repeating: "x", count: 10_000)))
    case "/later": return .later(promise())
    case "/slow":
      return .read(limit: 10) { [self] _, answer in
        request.whenGone = { [self] in gone.withLock { $0 += 1 } }
        promise().whenSuccess(answer)
      }
    case "/fails": return .later(eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel))
    default: return .read(limit: 10) { body, answer in answer(Self.answer(String(buffer: body))) }
    }
  }

  func succeed(_ word: String) {
    pending.withLock { $0.removeFirst() }.succeed(Self.answer(word))
  }

  private func promise() -> EventLoopFuture<HTTPAnswer> {
    let promise = eventLoop.makePromise(of: HTTPAnswer.self)
    pending.withLock { $0.append(promise) }
    return promise.futureResult
  }

  private static func answer(_ word: String) -> HTTPAnswer {
    HTTPAnswer(status: 200, body: ByteBuffer(string: "[\(word)]"))
  }
}

/// Requests as they go over the wire.
enum RawRequest {
  static func post(_ path: String, _ body: String = "", headers: String = "") -> String {
    "POST \(path) HTTP/1.1\r\nhost: a\r\ncontent-length: \(body.utf8.count)\r\n\(headers)\r\n\(body)"
  }
  static func get(_ path: String, headers: String = "") -> String {
    "GET \(path) HTTP/1.1\r\nhost: a\r\n\(headers)\r\n"
  }
}
