// Where one server listens, as URLs, sentinels and clusters name it.

package enum RedisAddress: Sendable, Hashable, CustomStringConvertible {
  case tcp(host: String, port: Int)
  case unix(path: String)

  package var description: String {
    switch self {
    case .tcp(let host, let port): host.contains(":") ? "[\(host)]:\(port)" : "\(host):\(port)"
    case .unix(let path): path
    }
  }

  /// Nil for a unix socket.
  var host: String? {
    guard case .tcp(let host, _) = self else { return nil }
    return host
  }
}
