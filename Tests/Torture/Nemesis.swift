// The adversary: a seeded schedule of faults, several at once, each on somebody whom no other fault has in hand.

import Glibc
import Synchronization
import TestSupport

/// One fault that has happened.
struct Injection: Sendable {
  let fault: Fault
  let victim: String
  let begin: Moment
  /// When it was healed; for a killed process when it was dead.
  var end: Moment
  /// What a killed worker held.
  var held: [ExecutionKey] = []

  /// Redis stood still or was not there at all.
  var isOutage: Bool { fault == .killRedis || fault == .pauseRedis }

  /// Redis or a worker was not there for others to go on.
  var delaysRescue: Bool {
    switch fault {
    case .killRedis, .pauseRedis, .pauseWorker: true
    case .cut, .latency, .blackHole, .deploy: victim.hasPrefix("worker")
    case .killWorker, .killIngest, .killRunner, .clientKill, .scriptFlush, .memory: false
    }
  }

  /// It may hold up a timer, whosever it is. A killed worker holds up those that it had.
  var delaysTimers: Bool { delaysRescue || fault == .memory || fault == .clientKill }

  /// What that worker wants to write, and all that it says to Redis, may be late or never be heard.
  func delaysWrites(of worker: String) -> Bool {
    switch fault {
    case .killRedis, .pauseRedis, .clientKill, .memory: true
    case .killWorker, .pauseWorker, .cut, .latency, .blackHole, .deploy: victim == worker
    case .killIngest, .killRunner, .scriptFlush: false
    }
  }
}

final class Nemesis: Sendable {
  enum Victim: Sendable {
    case redis
    case member(Member)

    var name: String {
      switch self {
      case .redis: "redis"
      case .member(let member): member.name
      }
    }
  }

  struct Plan: Sendable {
    let seed: UInt64
    let faults: [Fault]
    let seconds: Double
    let leastKills: Int

    var round: [Fault] { faults.flatMap { Array(repeating: $0, count: $0.share) } }
  }

  private struct State {
    var chance: Chance
    /// Faults that have not come in this round yet: each comes as often as its share says.
    var round: [Fault] = []
    var busy: Set<String> = []
    var injections: [Injection] = []
    var count: UInt64 = 0
  }

  /// The shortest pause between two faults.
  private static let shortest = 0.05

  let plant: Plant
  let clock: RunClock
  private let plan: Plan
  private let state: Mutex<State>

  init(_ plan: Plan, plant: Plant, clock: RunClock) {
    self.plan = plan
    self.plant = plant
    self.clock = clock
    state = Mutex(State(chance: Chance(seed: plan.seed, 2)))
  }

  var injections: [Injection] { state.withLock { $0.injections } }
  private var kills: Int { injections.count { $0.fault.isKill } }

  /// Returns at the end of the plan with everything healed. Goes on for as long again when kills are missing.
  func run() async throws {
    let begin = clock.now
    let end = begin + plan.seconds
    let leastKills = plan.faults.contains(where: \.isKill) ? plan.leastKills : 0
    try await withThrowingTaskGroup(of: Void.self) { group in
      while !plan.faults.isEmpty, clock.now < end || kills < leastKills {
        guard clock.now - begin < 2 * plan.seconds else { break }
        try await Task.sleep(for: .seconds(pause()))
        guard let (fault, victim, chance) = draw() else { continue }
        group.addTask { await self.strike(fault, victim, chance) }
      }
      try await clock.sleep(until: end)
      try await group.waitForAll()
    }
    try await heal()
  }

  /// So that enough kills come by the end, a fifth to spare for faults that find nobody.
  private func pause() -> Double {
    let lethal = max(1, plan.round.count(where: \.isKill))
    let mean = plan.seconds * Double(lethal) / Double(plan.round.count) / Double(max(1, plan.leastKills)) / 1.2
    return state.withLock { $0.chance.seconds(Self.shortest...max(Self.shortest, 2 * min(mean, 5) - Self.shortest)) }
  }

  /// Nil when everybody whom the fault could strike is in another's hand.
  private func draw() -> (Fault, Victim, Chance)? {
    state.withLock { state in
      if state.round.isEmpty { state.round = plan.round.shuffled(using: &state.chance) }
      let fault = state.round.removeLast()
      let victims: [Victim] =
        switch fault.aim {
        case .redis: [.redis]
        case .worker: plant.workers.map(Victim.member)
        case .ingest: plant.ingests.map(Victim.member)
        case .anyMember: plant.members.map(Victim.member)
        }
      let free = victims.filter { !state.busy.contains($0.name) }
      guard let victim = free.randomElement(using: &state.chance) else { return nil }
      state.busy.insert(victim.name)
      state.count += 1
      return (fault, victim, Chance(seed: plan.seed, 3, state.count))
    }
  }

  private func strike(_ fault: Fault, _ victim: Victim, _ chance: Chance) async {
    let begin = clock.now
    var note = ""
    do { note = try await inject(fault, on: victim, begin: begin, chance) } catch {
      note = "\(error)"
      // Half of it has happened all the same; processes but Redis are noted as soon as they are dead.
      if fault.aim == .redis || !fault.isKill { self.note(fault, victim.name, since: begin) }
    }
    progress(
      "\(begin.shown) \(fault.rawValue) \(victim.name) until \(clock.now.shown)\(note.isEmpty ? "" : ": \(note)")")
    state.withLock { _ = $0.busy.remove(victim.name) }
  }

  /// Of a kill when the process is dead, of others when they are healed.
  func note(_ fault: Fault, _ victim: String, since begin: Moment, held: [ExecutionKey] = []) {
    state.withLock {
      $0.injections.append(Injection(fault: fault, victim: victim, begin: begin, end: clock.now, held: held))
    }
  }

  /// Undoes what interrupted faults have left behind.
  private func heal() async throws {
    for member in plant.members {
      member.proxy.disturb(TCPProxy.Disturbance())
      member.program.signal(SIGCONT)
      if !member.program.isRunning { try member.start() }
    }
    plant.redis.program.signal(SIGCONT)
    if !plant.redis.program.isRunning { try await plant.redis.start() }
    try await plant.redis.control.call("CONFIG", "SET", "maxmemory", "0")
    for member in plant.members { try await member.waitUntilReady() }
  }
}

extension Nemesis {
  /// Instead of faults: every process is replaced by a new one, one after another.
  func deploy(_ times: Int) async throws {
    for _ in 0..<times {
      for member in plant.members {
        let begin = clock.now
        try await replace(member)
        note(.deploy, member.name, since: begin)
      }
    }
  }
}
