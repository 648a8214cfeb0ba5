// One ingest or worker of the system, with the proxy between it and Redis.

import TestSupport

final class Member: Sendable {
  enum Kind: String, Sendable { case ingest, worker }

  /// Shorter than some calls of the target, so that a worker has to hand back what it runs.
  private static let shortGrace = "100ms"

  let kind: Kind
  /// From 1 within its kind.
  let number: Int
  /// Where it answers HTTP.
  let port: Int
  let program: Program
  let proxy: TCPProxy
  private let changesGrace: Bool

  /// With `changesGrace` every other start of a worker is one with a short grace, and the others have the usual one.
  init(kind: Kind, number: Int, port: Int, program: Program, proxy: TCPProxy, changesGrace: Bool) {
    self.kind = kind
    self.number = number
    self.port = port
    self.program = program
    self.proxy = proxy
    self.changesGrace = changesGrace
  }

  var name: String { program.name }

  /// A worker's name in the queue, as its connections have introduced themselves; each start has its own.
  var consumer: String? { proxy.greeting.firstMatch(of: /worker-[0-9a-z]{16}/).map { String($0.output) } }

  func start() throws {
    let isHurried = changesGrace && kind == .worker && (program.starts + number).isMultiple(of: 2)
    try program.start(isHurried ? ["MILLRACE_SHUTDOWN_GRACE": Self.shortGrace] : [:])
  }

  func waitUntilReady(within limit: Duration = .seconds(60)) async throws {
    try await eventually("\(name) is ready", within: limit) { [port] in
      try await SystemConnection.send(.get("/-/readyz"), port: port, within: .seconds(5)).status == 200
    }
  }
}
