// NIO's reasons why a socket could not be opened or broke, as one line that helps the operator.

import Glibc
import NIOCore
import NIOPosix

enum ConnectFailure {
  static func text(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError: text(of: error)
    case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
    case ChannelError.connectTimeout(let amount):
      "no connection within \(amount.nanoseconds / 1_000_000) ms"
    case let error as RedisError: error.message
    default: "\(error)"
    }
  }

  private static func text(of error: NIOConnectionError) -> String {
    if let first = error.connectionErrors.first { return text(of: first.error) }
    return "the host name \(error.host) cannot be resolved"
  }
}
