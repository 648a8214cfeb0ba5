// Why Redis did not do what it was asked: ingest answers 503 or 429 by it, the worker waits, repairs or gives up.

/// A failed command: refused by Redis, or never answered.
package struct RedisError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable, Hashable, CaseIterable {
    /// Redis reads its data from disk after a start.
    case loading
    /// This Redis is a replica; writes go to its master.
    case readOnly
    /// Over maxmemory: writes that need memory are refused.
    case outOfMemory
    /// Password missing or wrong, or the user may not do this.
    case authentication
    /// The stream or its consumer group does not exist.
    case noGroup
    /// The group exists already.
    case groupExists
    /// A script is not in the cache of Redis. Script calls repair this themselves.
    case noScript
    /// A blocking read was ended from outside: key deleted, CLIENT UNBLOCK, or a role change.
    case unblocked
    /// Redis refuses writes because it cannot write to its disk.
    case misconfigured
    /// A script runs for too long already, Redis has too many clients, or too many commands wait on this connection.
    case busy
    case wrongType
    /// A replica that lost its master and may not serve stale data.
    case masterDown
    /// Fewer replicas than `min-replicas-to-write`.
    case noReplicas
    case clusterDown
    /// The key lives on another node of a cluster.
    case moved
    case tryAgain
    /// A transaction was discarded.
    case transactionAborted
    /// Any other error reply; `code` tells which.
    case server
    /// The connection is away. Commands that were on their way may or may not have run.
    case disconnected
    /// No answer in time. The command may or may not have run.
    case timeout
    /// What came back is not Redis's protocol, or a command cannot be put into it.
    case protocolViolation
    /// `close()` was called. Commands that were on their way may or may not have run.
    case closed
  }

  package let kind: Kind
  /// One line for people. For an error reply it is the reply as Redis wrote it.
  package let message: String

  package init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  /// An error reply.
  init(reply: String) {
    self.init(kind: RedisErrorCode.kind(of: reply), message: reply)
  }

  package var description: String { message }

  /// First word of an error reply, such as `ERR`, `WRONGTYPE` or a code made up by a script.
  package var code: String { String(message.prefix { $0 != " " }) }

  /// What Redis says unasked before it hangs up on one client too many.
  var isFarewell: Bool { message.hasPrefix(RedisErrorCode.tooManyClients) }

  /// Whether the server has told by it that it is not, or no longer, the primary.
  var saysReplica: Bool {
    switch kind {
    case .readOnly, .masterDown: true
    case .unblocked: message.contains("instance state changed")
    default: false
    }
  }

  /// Whether the same command may succeed later without anybody changing it or the settings.
  package var isTemporary: Bool {
    switch kind {
    case .loading, .readOnly, .outOfMemory, .unblocked, .misconfigured, .busy, .masterDown, .noReplicas, .clusterDown,
      .moved, .tryAgain, .noScript, .disconnected, .timeout:
      true
    case .authentication, .noGroup, .groupExists, .wrongType, .transactionAborted, .server, .protocolViolation, .closed:
      false
    }
  }
}

/// The codes with which error replies begin.
enum RedisErrorCode {
  private static let kinds: [Substring: RedisError.Kind] = [
    "LOADING": .loading, "READONLY": .readOnly, "OOM": .outOfMemory, "NOAUTH": .authentication,
    "WRONGPASS": .authentication, "NOPERM": .authentication, "DENIED": .authentication, "NOGROUP": .noGroup,
    "BUSYGROUP": .groupExists, "NOSCRIPT": .noScript, "UNBLOCKED": .unblocked, "MISCONF": .misconfigured,
    "BUSY": .busy, "WRONGTYPE": .wrongType, "MASTERDOWN": .masterDown, "NOREPLICAS": .noReplicas,
    "CLUSTERDOWN": .clusterDown, "MOVED": .moved, "ASK": .moved, "TRYAGAIN": .tryAgain,
    "EXECABORT": .transactionAborted,
  ]

  static let tooManyClients = "ERR max number of clients"

  static func kind(of reply: String) -> RedisError.Kind {
    let code = reply.prefix { $0 != " " }
    if let kind = kinds[code] { return kind }
    guard code == "ERR" else { return .server }
    if reply.hasPrefix("ERR AUTH") || reply.hasPrefix("ERR invalid password") { return .authentication }
    if reply.hasPrefix(tooManyClients) { return .busy }
    guard reply.contains("user_script") || reply.contains("Error running script") else { return .server }
    return kindInsideScript(reply)
  }

  /// Redis before 7 wraps what a script's call raised (`ERR Error running script (call to f_…): @user_script:1:
  /// -OOM command not allowed …`), and so does any Redis when the script raises it again as text.
  private static func kindInsideScript(_ reply: String) -> RedisError.Kind {
    for word in reply.split(separator: " ") {
      let bare = word.first == "-" ? word.dropFirst() : word
      if let kind = kinds[bare] { return kind }
    }
    return .server
  }
}
