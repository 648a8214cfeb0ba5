// One HTTP/1.1 connection of a sender: requests as values or as raw bytes, answers in the order of the requests.

import NIOCore
import NIOHTTP1
import NIOPosix
import ProcessSupport
import Synchronization

package final class SystemConnection: Sendable {
  package struct Failure: Error, CustomStringConvertible {
    package let description: String
  }

  /// An answer that has not come yet.
  package struct PendingAnswer: Sendable {
    fileprivate let future: EventLoopFuture<SystemAnswer>

    package func value() async throws -> SystemAnswer { try await future.get() }
  }

  private let channel: any Channel
  private let interim: InterimCount

  package static func open(port: Int, tls: ClientTLS? = nil) async throws -> SystemConnection {
    let interim = InterimCount()
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connectTimeout(.seconds(10))
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try tls?.add(to: channel)
          try channel.pipeline.syncOperations.addHandlers(
            RawRequestEncoder(),
            ByteToMessageHandler(HTTPResponseDecoder(informationalResponseStrategy: .forward)),
            SystemConnectionHandler(interimCount: interim))
        }
      }
      .connect(host: "127.0.0.1", port: port).get()
    return SystemConnection(channel: channel, interim: interim)
  }

  /// One request on a connection of its own.
  package static func send(
    _ request: SystemRequest, port: Int, tls: ClientTLS? = nil, within limit: Duration = .seconds(30)
  ) async throws -> SystemAnswer {
    let connection = try await open(port: port, tls: tls)
    defer { connection.close() }
    return try await connection.send(request, within: limit)
  }

  private init(channel: any Channel, interim: InterimCount) {
    self.channel = channel
    self.interim = interim
  }

  deinit { channel.close(promise: nil) }

  /// What the other side has shown; nil without TLS.
  package func peer() async throws -> TLSPeer? { try await TLSPeer(channel) }

  package var isOpen: Bool { channel.isActive }

  /// How many interim answers (100 Continue) have come so far.
  package var interimCount: Int { interim.value.load(ordering: .relaxed) }

  package func send(_ request: SystemRequest, within limit: Duration = .seconds(30)) async throws -> SystemAnswer {
    let pending = expect(method: request.method, within: limit)
    write(request.wire)
    return try await pending.value()
  }

  /// Says that one more answer is due; written before the bytes that ask for it.
  package func expect(method: String = "POST", within limit: Duration = .seconds(30)) -> PendingAnswer {
    let promise = channel.eventLoop.makePromise(of: SystemAnswer.self)
    let alarm = channel.eventLoop.scheduleTask(in: .nanoseconds(Int64(limit.seconds * 1e9))) {
      promise.fail(NotInTime(description: "not within \(limit): an answer to \(method)"))
    }
    promise.futureResult.whenComplete { _ in alarm.cancel() }
    // A connection that is closed by now has no handlers left that could tell.
    channel.write(SystemConnectionHandler.Outgoing.expected(method: method, promise))
      .whenFailure { promise.fail($0) }
    return PendingAnswer(future: promise.futureResult)
  }

  package func write(_ bytes: [UInt8]) {
    channel.writeAndFlush(SystemConnectionHandler.Outgoing.bytes(ByteBuffer(bytes: bytes)), promise: nil)
  }

  package func write(_ text: String) { write(Array(text.utf8)) }

  package func close() { channel.close(promise: nil) }

  /// Returns when the other side has closed the connection.
  package func waitForClose(within limit: Duration = .seconds(10)) async throws {
    try await eventually("the connection closes", within: limit) { !channel.isActive }
  }
}

private final class InterimCount: Sendable {
  let value = Atomic<Int>(0)
}

/// Lets the decoder see the heads (it has to know the methods) and puts only the bodies, which are raw, on the wire.
private final class RawRequestEncoder: ChannelOutboundHandler {
  typealias OutboundIn = HTTPClientRequestPart
  typealias OutboundOut = ByteBuffer

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .body(.byteBuffer(let bytes)): context.write(wrapOutboundOut(bytes), promise: promise)
    case .head, .body, .end: promise?.succeed()
    }
  }
}

private final class SystemConnectionHandler: ChannelDuplexHandler {
  enum Outgoing: Sendable {
    case expected(method: String, EventLoopPromise<SystemAnswer>)
    case bytes(ByteBuffer)
  }

  typealias InboundIn = HTTPClientResponsePart
  typealias OutboundIn = Outgoing
  typealias OutboundOut = HTTPClientRequestPart

  private let interimCount: InterimCount
  private var expected = CircularBuffer<EventLoopPromise<SystemAnswer>>()
  private var interim: [Int] = []
  private var head: HTTPResponseHead?
  private var body: [UInt8] = []

  init(interimCount: InterimCount) {
    self.interimCount = interimCount
  }

  func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
    switch unwrapOutboundIn(data) {
    case .bytes(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
    case .expected(let method, let answer):
      guard context.channel.isActive else {
        promise?.fail(SystemConnection.Failure(description: "the connection is closed"))
        return
      }
      expected.append(answer)
      let line = HTTPRequestHead(version: .http1_1, method: HTTPMethod(rawValue: method), uri: "/")
      context.write(wrapOutboundOut(.head(line)), promise: promise)
    }
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    switch unwrapInboundIn(data) {
    case .head(let head) where (100..<200).contains(head.status.code):
      interim.append(Int(head.status.code))
      interimCount.value.add(1, ordering: .relaxed)
    case .head(let head): self.head = head
    case .body(let bytes): body.append(contentsOf: bytes.readableBytesView)
    case .end:
      guard let head, let answer = expected.popFirst() else { return }
      answer.succeed(
        SystemAnswer(
          status: Int(head.status.code), headers: head.headers.map { (name: $0.name, value: $0.value) }, body: body,
          interim: interim))
      (self.head, body, interim) = (nil, [], [])
    }
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    fail("\(error)")
    context.close(promise: nil)
  }

  func channelInactive(context: ChannelHandlerContext) {
    fail("the connection was closed before the answer")
    context.fireChannelInactive()
  }

  private func fail(_ reason: String) {
    while let answer = expected.popFirst() { answer.fail(SystemConnection.Failure(description: reason)) }
  }
}
