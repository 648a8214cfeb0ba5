// A client that decides about every byte: it sends what it wants, ends its side when it wants, and may not read.

import Glibc
import NIOCore
import NIOPosix
import Synchronization
import TestSupport

final class RawClient: ChannelInboundHandler, Sendable {
  typealias InboundIn = ByteBuffer

  private let received = Mutex<(text: String, bytes: Int, isEnded: Bool)>(("", 0, false))
  private let channel = Mutex<(any Channel)?>(nil)

  static func connect(port: Int, reads: Bool = true, tls: ClientTLS? = nil) async throws -> RawClient {
    let client = RawClient()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .channelOption(.allowRemoteHalfClosure, value: true)
      .channelOption(.autoRead, value: reads)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try tls?.add(to: channel)
          try channel.pipeline.syncOperations.addHandler(client)
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    client.channel.withLock { $0 = channel }
    return client
  }

  private var open: any Channel {
    get throws {
      guard let channel = channel.withLock({ $0 }) else { throw ChannelError.ioOnClosedChannel }
      return channel
    }
  }

  var text: String { received.withLock { $0.text } }
  var byteCount: Int { received.withLock { $0.bytes } }
  /// Whether the server has ended its side, or the connection is gone.
  var isEnded: Bool { received.withLock { $0.isEnded } }

  func write(_ text: String) async throws { try await open.writeAndFlush(ByteBuffer(string: text)) }
  func endOutput() async throws { try await open.close(mode: .output) }
  func read(_ isOn: Bool) async throws { try await open.setOption(.autoRead, value: isOn).get() }
  func close() async throws { try? await open.close() }

  /// Ends the connection as the system of a process does that died in the middle: the other side is told at once.
  func reset() async throws {
    let options = try open as? any SocketOptionProvider
    try await options?.setSoLinger(linger(l_onoff: 1, l_linger: 0)).get()
    try await open.close()
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    let bytes = unwrapInboundIn(data)
    received.withLock { received in
      received.bytes += bytes.readableBytes
      if received.text.utf8.count < 100_000 { received.text += String(buffer: bytes) }
    }
  }

  func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
    if case ChannelEvent.inputClosed = event { received.withLock { $0.isEnded = true } }
  }

  func channelInactive(context: ChannelHandlerContext) { received.withLock { $0.isEnded = true } }
  func errorCaught(context: ChannelHandlerContext, error: any Error) { context.close(promise: nil) }
}
