// NIO's reasons why a socket could not be opened or broke, as one line that helps the operator.

import Glibc
import NIOCore
import NIOPosix
import NIOSSL

enum ConnectFailure {
  static func text(of error: any Error) -> String {
    switch error {
    case let error as NIOConnectionError: text(of: error)
    case let error as IOError: String(cString: strerror(error.errnoCode)).lowercased()
    case ChannelError.connectTimeout(let amount):
      "no connection within \(amount.nanoseconds / 1_000_000) ms"
    case let error as RedisError: error.message
    case NIOSSLError.uncleanShutdown: "the server closed the connection"
    case NIOSSLError.handshakeFailed(let reason): "no TLS: \(text(of: reason))"
    case let error as BoringSSLError: "TLS failed: \(text(of: error))"
    case let error as NIOSSLExtraError: "no TLS: \(error)"
    default: "\(error)"
    }
  }

  private static func text(of error: BoringSSLError) -> String {
    let text = "\(error)"
    if text.contains("CERTIFICATE_VERIFY_FAILED") {
      return "the server's certificate is not of a trusted authority, or out of date"
    }
    if text.contains("WRONG_VERSION_NUMBER") { return "the server does not speak TLS on this port" }
    if text.contains("CERTIFICATE_REQUIRED") { return "the server wants a certificate of ours (cert and key)" }
    return text
  }

  private static func text(of error: NIOConnectionError) -> String {
    if let first = error.connectionErrors.first { return text(of: first.error) }
    return "the host name \(error.host) cannot be resolved"
  }
}
