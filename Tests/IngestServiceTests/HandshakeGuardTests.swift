// The time of a handshake, and which errors of TLS reach the handlers behind it; without a socket.

import NIOCore
import NIOEmbedded
import NIOSSL
import NIOTLS
import ProcessSupport
import Testing

@testable import IngestService

@Suite("The guard of handshakes")
struct HandshakeGuardTests {
  private let registry = MetricsRegistry()
  private let channel = EmbeddedChannel()

  init() throws {
    let guardian = HandshakeGuard(metrics: IngestMetrics(registry: registry), logger: TLSTests.quiet)
    try channel.pipeline.syncOperations.addHandler(guardian)
    channel.connect(to: try SocketAddress(ipAddress: "192.0.2.1", port: 1), promise: nil)
  }

  private var failures: Bool {
    registry.render().contains("millrace_ingest_tls_handshakes_failed_total 1\n")
  }

  private func complete() {
    channel.pipeline.fireUserInboundEventTriggered(TLSUserEvent.handshakeCompleted(negotiatedProtocol: nil))
  }

  @Test("one that takes longer than ten seconds is ended and counted once")
  func slow() {
    channel.embeddedEventLoop.advanceTime(by: .seconds(9))
    #expect(channel.isActive)
    channel.embeddedEventLoop.advanceTime(by: .seconds(2))
    #expect(!channel.isActive && failures)
    channel.pipeline.fireErrorCaught(NIOSSLError.handshakeFailed(.sslError([.eofDuringHandshake])))
    #expect(failures)
  }

  @Test("one that is done is left alone, whatever time passes")
  func done() {
    complete()
    channel.embeddedEventLoop.advanceTime(by: .seconds(60))
    #expect(channel.isActive && !failures)
  }

  @Test("an end without TLS's own farewell is no error to those behind; every other is")
  func errors() throws {
    complete()
    channel.pipeline.fireErrorCaught(NIOSSLError.uncleanShutdown)
    try channel.throwIfErrorCaught()
    channel.pipeline.fireErrorCaught(NIOSSLError.readInInvalidTLSState)
    #expect(throws: NIOSSLError.self) { try channel.throwIfErrorCaught() }
    #expect(!failures)
  }
}
