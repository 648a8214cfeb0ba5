// What workflows of a benchmark call: answers after a while, or not the first time, and knows when it was called.

import NIOCore
import NIOHTTP1
import NIOPosix
import ProcessSupport
import Synchronization

/// - `/slow?SECONDS` answers after so long.
/// - `/timer?MILLISECONDS` notes how late it is, since 1970.
/// - `/refuse?NAME` answers the first call of a name with 429 and `Retry-After: 60`, and notes when the second comes.
final class BenchTarget: Sendable {
  struct Notes: Sendable {
    /// Calls of `/slow` that wait for their answer.
    var slow = 0
    /// Seconds after the time that the call names.
    var lateness: [Double] = []
    /// When a name was refused.
    fileprivate var refused: [String: NIODeadline] = [:]
    /// Seconds between refusal and next call.
    var pauses: [Double] = []

    var refusals: Int { refused.count }
  }

  fileprivate let book = Mutex(Notes())
  private let listener = Mutex<(any Channel)?>(nil)

  var notes: Notes { book.withLock { $0 } }
  var port: Int { listener.withLock { $0?.localAddress?.port ?? 0 } }

  static func start() async throws -> BenchTarget {
    let target = BenchTarget()
    let channel = try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton.next())
      .serverChannelOption(.backlog, value: 4096)
      .childChannelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.configureHTTPServerPipeline(withPipeliningAssistance: false)
          try channel.pipeline.syncOperations.addHandler(BenchTargetHandler(target))
        }
      }
      .bind(host: "127.0.0.1", port: 0).get()
    target.listener.withLock { $0 = channel }
    return target
  }

  func stop() { listener.withLock { $0?.close(promise: nil) } }
}

private final class BenchTargetHandler: ChannelInboundHandler {
  typealias InboundIn = HTTPServerRequestPart
  typealias OutboundOut = HTTPServerResponsePart

  private let target: BenchTarget
  private var uri = ""
  private var isSlow = false

  init(_ target: BenchTarget) {
    self.target = target
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head): uri = head.uri
    case .body: break
    case .end: called(context)
    }
  }

  func channelInactive(context: ChannelHandlerContext) {
    if isSlow { target.book.withLock { $0.slow -= 1 } }
    isSlow = false
  }

  private func called(_ context: ChannelHandlerContext) {
    let parts = uri.split(separator: "?", maxSplits: 1)
    let argument = String(parts.last ?? "")
    switch parts.first {
    case "/slow":
      isSlow = true
      target.book.withLock { $0.slow += 1 }
      let waiting = NIOLoopBound((self, context), eventLoop: context.eventLoop)
      context.eventLoop.scheduleTask(in: .seconds(Int64(argument) ?? 0)) {
        let (handler, context) = waiting.value
        handler.channelInactive(context: context)
        handler.answer(context, .ok)
      }
    case "/timer":
      let late = (Double(WallClock.milliseconds) - (Double(argument) ?? 0)) / 1000
      target.book.withLock { $0.lateness.append(late) }
      answer(context, .ok)
    default:
      let now = NIODeadline.now()
      let isFirst = target.book.withLock { notes in
        guard let refused = notes.refused[argument] else {
          notes.refused[argument] = now
          return true
        }
        notes.pauses.append(Double((now - refused).nanoseconds) / 1e9)
        return false
      }
      if isFirst { answer(context, .tooManyRequests, ["Retry-After": "60"]) } else { answer(context, .ok) }
    }
  }

  private func answer(
    _ context: ChannelHandlerContext, _ status: HTTPResponseStatus, _ headers: HTTPHeaders = [:]
  ) {
    var headers = headers
    headers.add(name: "Content-Length", value: "0")
    context.write(wrapOutboundOut(.head(.init(version: .http1_1, status: status, headers: headers))), promise: nil)
    context.writeAndFlush(wrapOutboundOut(.end(nil)), promise: nil)
  }
}
