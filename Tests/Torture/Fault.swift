// What the nemesis can do.

import ArgumentParser

enum Fault: String, CaseIterable, Sendable {
  case killWorker = "kill-worker"
  case killIngest = "kill-ingest"
  case killRedis = "kill-redis"
  case killRunner = "kill-runner"
  case pauseWorker = "pause-worker"
  case pauseRedis = "pause-redis"
  case cut
  case latency
  case blackHole = "black-hole"
  case clientKill = "client-kill"
  case scriptFlush = "script-flush"
  case memory
  case deploy

  /// Whom it strikes.
  enum Aim: Sendable {
    case worker, ingest, anyMember, redis
  }

  var aim: Aim {
    switch self {
    case .killWorker, .killRunner, .pauseWorker: .worker
    case .killIngest: .ingest
    case .cut, .latency, .blackHole, .deploy: .anyMember
    case .killRedis, .pauseRedis, .clientKill, .scriptFlush, .memory: .redis
    }
  }

  /// A process dies of it at once.
  var isKill: Bool { [.killWorker, .killIngest, .killRedis, .killRunner].contains(self) }

  /// How often it comes in a round. Redis takes everybody down with it, so it dies less often than the others.
  var share: Int { isKill && self != .killRedis ? 4 : 1 }
}

/// Some faults, as the command line has them: their names with commas between.
struct FaultList: ExpressibleByArgument, Sendable {
  let faults: [Fault]

  init?(argument: String) {
    let names = argument.split(separator: ",")
    faults = names.compactMap { Fault(rawValue: String($0)) }
    guard faults.count == names.count else { return nil }
  }

  init(_ faults: [Fault]) {
    self.faults = faults
  }

  var defaultValueDescription: String { faults.map(\.rawValue).joined(separator: ",") }
}
