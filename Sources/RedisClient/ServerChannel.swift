// Opens the socket to one server, with TLS on it if that is wanted.

import NIOCore
import NIOPosix

enum ServerChannel {
  static func open(
    to address: RedisAddress, tls: RedisTLS?, timeout: TimeAmount, on eventLoop: any EventLoop
  ) -> EventLoopFuture<any Channel> {
    var bootstrap = ClientBootstrap(group: eventLoop).connectTimeout(timeout)
      .channelOption(
        .recvAllocator, value: AdaptiveRecvByteBufferAllocator(minimum: 2048, initial: 16_384, maximum: 65_536))
    if let tls {
      bootstrap = bootstrap.channelInitializer { channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandler(tls.handler(host: address.host))
        }
      }
    }
    let channel =
      switch address {
      case .tcp(let host, let port): SocketOptions.apply(to: bootstrap).connect(host: host, port: port)
      case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
      }
    return channel.hop(to: eventLoop)
  }
}
