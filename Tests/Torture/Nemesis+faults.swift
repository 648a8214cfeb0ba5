// How each fault is done and undone.

import Glibc
import TestSupport

extension Nemesis {
  /// What there is to tell of it.
  func inject(_ fault: Fault, on victim: Victim, begin: Moment, _ chance: Chance) async throws -> String {
    switch victim {
    case .redis: try await inject(fault, since: begin, chance)
    case .member(let member): try await inject(fault, on: member, since: begin, chance)
    }
  }

  private func inject(
    _ fault: Fault, on member: Member, since begin: Moment, _ chance: Chance
  ) async throws -> String {
    var chance = chance
    switch fault {
    case .killWorker, .killIngest:
      await member.program.kill()
      var held: [ExecutionKey] = []
      if member.kind == .worker, let consumer = member.consumer {
        held = (try? await plant.redis.executions(heldBy: consumer)) ?? []
      }
      note(fault, member.name, since: begin, held: held)
      try await pause(chance.seconds(0...1.5))
      try member.start()
      return member.kind == .worker ? "it held \(held.count)" : ""
    case .killRunner:
      guard let runner = member.program.children(named: "millrace-script").randomElement(using: &chance) else {
        return "it has none"
      }
      kill(runner, SIGKILL)
      note(fault, member.name, since: begin)
      return ""
    case .pauseWorker:
      member.program.signal(SIGSTOP)
      defer { member.program.signal(SIGCONT) }
      try await pause(chance.happens(50) ? chance.seconds(0.2...4) : chance.seconds(4...12))
    case .deploy:
      try await replace(member)
    default:
      let disturbance = disturbance(fault, &chance)
      member.proxy.disturb(disturbance)
      defer { member.proxy.disturb(TCPProxy.Disturbance()) }
      try await pause(chance.seconds(fault == .cut ? 0.2...2 : 2...8))
      // A cut that no answer has brought about, and connections that hung.
      if fault == .cut || fault == .blackHole && chance.happens(50) { member.proxy.cut() }
    }
    note(fault, member.name, since: begin)
    return ""
  }

  private func disturbance(_ fault: Fault, _ chance: inout Chance) -> TCPProxy.Disturbance {
    var disturbance = TCPProxy.Disturbance()
    switch fault {
    case .latency: disturbance.latency = .milliseconds(chance.number(5...300))
    case .cut: disturbance.bytesBeforeCut = chance.number(1...4000)
    default:
      disturbance.isBlackHole = true
      disturbance.hidesEnds = true
    }
    return disturbance
  }

  private func inject(_ fault: Fault, since begin: Moment, _ chance: Chance) async throws -> String {
    var chance = chance
    let redis = plant.redis
    switch fault {
    case .killRedis:
      await redis.kill()
      try await pause(chance.seconds(0...2))
      try await redis.start()
    case .pauseRedis:
      redis.program.signal(SIGSTOP)
      defer { redis.program.signal(SIGCONT) }
      try await pause(chance.seconds(0.2...6))
    case .clientKill:
      try await redis.control.call("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
    case .scriptFlush:
      try await redis.control.call("SCRIPT", "FLUSH")
    default:
      let limit = try await redis.usedMemory() + chance.number(0...500_000)
      try await redis.control.call("CONFIG", "SET", "maxmemory", "\(limit)")
      try await pause(chance.seconds(1...4))
      try await redis.control.call("CONFIG", "SET", "maxmemory", "0")
    }
    note(fault, "redis", since: begin)
    return ""
  }

  /// As a deployment does it: out of the balancer, SIGTERM, a new process, back again when it is ready.
  func replace(_ member: Member) async throws {
    try await member.waitUntilReady()
    if member.kind == .ingest { try await plant.balancer.takeOut(member.port) }
    await member.program.stop()
    try member.start()
    try await member.waitUntilReady()
    if member.kind == .ingest { plant.balancer.takeBack(member.port) }
  }

  private func pause(_ seconds: Double) async throws { try await Task.sleep(for: .seconds(seconds)) }
}
