// What one Redis URL names: a server, a primary that sentinels watch over, or a cluster, and how to log in there.

struct RedisLogin: Sendable, Hashable {
  /// Nil for the default user.
  var user: String?
  var password: String
}

struct RedisPlace: Sendable {
  enum Shape: Sendable, Hashable {
    case server(RedisAddress)
    case sentinels([RedisAddress], primary: String)
    /// Some of the nodes, to ask for the others.
    case cluster([RedisAddress])
  }

  let shape: Shape
  var login: RedisLogin?
  var sentinelLogin: RedisLogin?
  var database = 0
  var tls: RedisTLS?

  /// Fit for messages: no user, no password.
  var address: String {
    switch shape {
    case .server(let address): "\(address)"
    case .sentinels(let sentinels, let primary): "\(Self.list(sentinels))/\(primary)"
    case .cluster(let nodes): Self.list(nodes)
    }
  }

  private static func list(_ addresses: [RedisAddress]) -> String {
    addresses.map(\.description).joined(separator: ",")
  }
}

extension RedisPlace: CustomStringConvertible {
  /// The URL with its passwords masked.
  var description: String {
    let credentials = login.map { "\($0.user ?? ""):***@" } ?? ""
    let options = options.isEmpty ? "" : "?" + options.map { "\($0)=\($1)" }.joined(separator: "&")
    return "\(scheme)://\(credentials)\(address)\(path)\(options)"
  }

  private var scheme: String {
    let plain = tls == nil ? "redis" : "rediss"
    return switch shape {
    case .server(.unix): "unix"
    case .server: plain
    case .sentinels: plain + "+sentinel"
    case .cluster: plain + "+cluster"
    }
  }

  private var path: String {
    switch shape {
    case .server(.tcp), .sentinels: "/\(database)"
    case .server(.unix), .cluster: ""
    }
  }

  private var options: [(String, String)] {
    var options: [(String, String)] = []
    if case .server(.unix) = shape, database != 0 { options.append(("db", "\(database)")) }
    if let login = sentinelLogin {
      if let user = login.user { options.append(("sentinelUser", user)) }
      options.append(("sentinelPassword", "***"))
    }
    return options + (tls?.files.options ?? [])
  }
}
