// One connection of ingest without a socket, with routes that answer in each of the ways that a route can.

import Logging
import NIOCore
import NIOEmbedded
import NIOHTTP1
import ProcessSupport

@testable import IngestService

final class FuzzConnection {
  private let channel = EmbeddedChannel()
  private let budget = BodyBudget(limit: 4096)
  private let connections = OpenConnections(limit: 2)
  private var answered = 0
  private var received = 0

  init() {
    let services = ConnectionServices(
      budget: budget, connections: connections, metrics: IngestMetrics(registry: MetricsRegistry()),
      date: DateHeader(), audit: nil, logger: Logger(label: "fuzz", factory: { _ in SwiftLogNoOpLogHandler() }))
    do {
      try channel.pipeline.syncOperations.addHandlers(
        HalfClose(), ByteToMessageHandler(HTTPRequestDecoder(leftOverBytesStrategy: .dropBytes)),
        ConnectionHandler(router: FuzzRouter(eventLoop: channel.eventLoop), services: services))
      channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
    } catch {
      fatalError("no connection: \(error)")
    }
    channel.embeddedEventLoop.run()
  }

  func receive(_ bytes: some Collection<UInt8>) {
    received += bytes.count
    _ = try? channel.writeInbound(ByteBuffer(bytes: bytes))
    channel.embeddedEventLoop.advanceTime(by: .milliseconds(20))
    drain()
    demand(budget.inUse <= budget.limit, "more of bodies than the budget allows")
  }

  /// Every connection ends by itself, and gives back what it has reserved.
  func end() {
    channel.pipeline.fireUserInboundEventTriggered(ChannelEvent.inputClosed)
    channel.embeddedEventLoop.advanceTime(by: .seconds(300))
    drain()
    demand(!channel.isActive, "the connection stays open")
    demand(budget.inUse == 0, "the budget is not given back")
    demand(connections.count == 0, "the connection is still counted")
    _ = try? channel.finish(acceptAlreadyClosed: true)
  }

  private func drain() {
    while let bytes = try? channel.readOutbound(as: ByteBuffer.self) { answered += bytes.readableBytes }
    // The smallest request is longer than 15 bytes, the longest answer is shorter than 1000.
    demand(answered <= (received / 15 + 2) * 1000, "more answers than requests")
  }
}

/// Gives the embedded channel what sockets have: an end of the output alone.
private final class HalfClose: ChannelOutboundHandler {
  typealias OutboundIn = ByteBuffer

  func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
    guard mode == .output else { return context.close(mode: mode, promise: promise) }
    promise?.succeed()
  }
}

private struct FuzzRouter: RequestRouter {
  let eventLoop: any EventLoop

  func judge(_ request: IncomingRequest) -> HeadVerdict {
    let answer = HTTPAnswer(status: 200, body: ByteBuffer(string: "[\(request.path.prefix(20))]"))
    switch request.path {
    case "/now": return .answer(answer)
    case "/later": return .later(eventLoop.scheduleTask(in: .milliseconds(50)) { answer }.futureResult)
    case "/fails": return .later(eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel))
    case "/slow":
      return .read(limit: 1000) { [eventLoop] _, reply in
        _ = eventLoop.scheduleTask(in: .milliseconds(50)) { reply(answer) }
      }
    default:
      return .read(limit: 1000) { body, reply in
        reply(HTTPAnswer(status: 200, body: ByteBuffer(string: "[\(body.readableBytes)]")))
      }
    }
  }
}
