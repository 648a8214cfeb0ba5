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
    case authenticate, select(Int), setName, clientID, script(String), ping
  }

  let steps: [(step: Step, command: RedisCommand)]

  init(url: RedisURL, name: String, scripts: [RedisScript]) {
    var steps: [(step: Step, command: RedisCommand)] = []
    if let password = url.password {
      var command = RedisCommand("AUTH")
      if let user = url.user { command.append(user) }
      command.append(password)
      steps.append((.authenticate, command))
    }
    if url.database != 0 { steps.append((.select(url.database), RedisCommand("SELECT", "\(url.database)"))) }
    steps.append((.setName, RedisCommand("CLIENT", "SETNAME", Self.cleaned(name))))
    steps.append((.clientID, RedisCommand("CLIENT", "ID")))
    for script in scripts {
      steps.append((.script(script.name), RedisCommand("SCRIPT", "LOAD", script.source)))
    }
    // Last, because it is refused whenever data would be: while loading, without its master, unauthenticated.
    steps.append((.ping, RedisCommand("PING")))
    self.steps = steps
  }

  /// The session, or the first reason why this socket cannot be used.
  func session(from replies: [Result<RedisValue, any Error>]) throws(RedisError) -> RedisSession {
    var session = RedisSession()
    for (step, reply) in zip(steps.map(\.step), replies) {
      switch reply {
      case .success(let value): Self.note(value, of: step, in: &session)
      case .failure(let error): try Self.judge(error, of: step)
      }
    }
    return session
  }

  private static func note(_ value: RedisValue, of step: Step, in session: inout RedisSession) {
    switch step {
    case .clientID: session.clientID = value.int
    case .script(let name): session.digests[name] = value.text.map { Array($0.utf8) }
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
    case .setName, .clientID:
      // A comfort only. If the reason matters, the PING meets it too.
      break
    }
  }

  /// CLIENT SETNAME takes no spaces, line ends or other special characters.
  private static func cleaned(_ name: String) -> String {
    String(decoding: name.utf8.map { (0x21...0x7e).contains($0) ? $0 : UInt8(ascii: "-") }, as: UTF8.self)
  }
}
