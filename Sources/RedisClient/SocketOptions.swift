// Socket options that make a dead Redis host show within seconds, even when no packet says so.

import Glibc
import NIOCore
import NIOPosix

enum SocketOptions {
  /// Unacknowledged data for this long means the peer is gone, in milliseconds.
  private static let userTimeout = 10_000

  static func apply(to bootstrap: ClientBootstrap) -> ClientBootstrap {
    bootstrap
      .channelOption(.tcpOption(.tcp_nodelay), value: 1)
      .channelOption(.socketOption(.so_keepalive), value: 1)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPIDLE))), value: 10)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_KEEPINTVL))), value: 5)
      .channelOption(.tcpOption(.init(rawValue: CInt(TCP_USER_TIMEOUT))), value: userTimeout)
  }
}
