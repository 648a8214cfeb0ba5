// The first words on every new socket to Redis: who we are, which database, which scripts; then it may carry webhooks.

import NIOCore

/// What the greeting of one socket brought.
struct RedisSession: Equatable {
  /// For CLIENT UNBLOCK from elsewhere; nil if the user may not ask.
  var clientID: Int64?
  /// Digests (40 hexadecimal digits) by name of script.
  var digests: [String: [UInt8]] = [:]
}

/// The greeting as a list of commands, all sent at once, and the judgement of their replies.
struct Handshake {
  enum Step: Equatable {
    case authenticate, role, select(Int), setName, clientID, script(String), ping
  }

  let steps: [(step: Step, command: RedisCommand)]

  /// With `provesPrimary` the server has to say that it is one.
  init(login: RedisLogin?, database: Int, name: String, scripts: [RedisScript], provesPrimary: Bool = false) {
    var steps: [(step: Step, command: RedisCommand)] = []
    if let login { steps.append((.authenticate, Self.authentication(login))) }
    if provesPrimary { steps.append((.role, RedisCommand("ROLE"))) }
    if database != 0 { steps.append((.select(database), RedisCommand("SELECT", "\(database)"))) }
    steps.append((.setName, RedisCommand("CLIENT", "SETNAME", Self.cleaned(name))))
    steps.append((.clientID, RedisCommand("CLIENT", "ID")))
    for script in scripts {
      steps.append((.script(script.name), RedisCommand("SCRIPT", "LOAD", script.source)))
    }
    // Last, because it is refused whenever data would be: while loading, without its master, unauthenticated.
    steps.append((.ping, RedisCommand("PING")))
    self.steps = steps
  }

  static func authentication(_ login: RedisLogin) -> RedisCommand {
    var command = RedisCommand("AUTH")
    if let user = login.user { command.append(user) }
    command.append(login.password)
    return command
  }

  /// The session, or the first reason why this socket cannot be used.
  func session(from replies: [Result<RedisValue, any Error>]) throws(RedisError) -> RedisSession {
    var session = RedisSession()
    for (step, reply) in zip(steps.map(\.step), replies) {
      switch reply {
      case .success(let value): try Self.note(value, of: step, in: &session)
      case .failure(let error): try Self.judge(error, of: step)
      }
    }
    return session
  }

  private static func note(_ value: RedisValue, of step: Step, in session: inout RedisSession) throws(RedisError) {
    switch step {
    case .clientID: session.clientID = value.int
    case .script(let name): session.digests[name] = value.text.map { Array($0.utf8) }
    case .role:
      let role = value.array?.first?.text ?? "of no known role"
      guard role == "master" else {
        let name = role == "slave" ? "a replica" : role
        throw RedisError(kind: .readOnly, message: "it is \(name), not the primary")
      }
    case .authenticate, .select, .setName, .ping: break
    }
  }

  private static func judge(_ error: any Error, of step: Step) throws(RedisError) {
    let error = error as? RedisError ?? RedisError(kind: .disconnected, message: "\(error)")
    switch step {
    case .authenticate: throw RedisError(kind: error.kind, message: "the login was refused: \(error.message)")
    case .select(let number):
      throw RedisError(kind: error.kind, message: "database \(number) cannot be used: \(error.message)")
    case .script(let name):
      throw RedisError(kind: error.kind, message: "the script \(name) was refused: \(error.message)")
    case .ping:
      // A user without the right to PING may still have all the rights that count.
      if error.code != "NOPERM" { throw error }
    case .setName, .clientID, .role:
      // A comfort only. If the reason matters, the PING meets it too.
      break
    }
  }

  /// CLIENT SETNAME takes no spaces, line ends or other special characters.
  private static func cleaned(_ name: String) -> String {
    String(decoding: name.utf8.map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
  }
}
