// The same random life on the memory queue and on Redis: whatever three workers do, both tell the same story.

import ExecutionQueue
import NIOCore
import Testing

@Suite("The two backends")
struct QueueModelTests {
  private static let steps = 4000

  @Test("tell the same story of a random life", .timeLimit(.minutes(2)))
  func same() async throws {
    let seed = UInt64.random(in: 0...UInt64.max)
    print("QueueModelTests seed=\(seed)")
    try await RedisBackend.with { _, redis in
      let walk = try await QueueWalk(redis: redis, seed: seed)
      for _ in 0..<Self.steps { try await walk.step() }
      try await walk.compareAll()
      try await walk.compareReplies()
      print("QueueModelTests steps=\(Self.steps) executions=\(walk.executionCount) \(walk.summary)")
    }
  }
}

/// Does one random thing on both queues at a time, and compares what can be seen.
private final class QueueWalk {
  private struct Pair<Value> {
    var memory: Value
    var redis: Value
  }

  private struct Held {
    let token: ExecutionToken
    let worker: Int
    let delivery: Pair<Delivery>
    var lease: Pair<Lease>?
    /// What this run settled with; a repetition says the same.
    var settlement: Settlement?
  }

  private var random: SeededGenerator
  private let admissions: Pair<any AdmissionQueue>
  private let workers: [Pair<any DeliveryQueue>]
  private let replies: Pair<any ReplyQueue>
  private let inspection: Pair<any QueueInspection>
  private let backends: Pair<any QueueBackend>
  private var ids: [ExecutionToken: Pair<ExecutionID>] = [:]
  private var held: [Held] = []
  private var alive = Set<Int>()
  private var counts: [String: Int] = [:]

  private static let names = ["a", "b", "c"]

  var executionCount: Int { ids.count }
  var summary: String { counts.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }.joined(separator: " ") }

  init(redis: RedisBackend, seed: UInt64) async throws {
    random = SeededGenerator(seed: seed)
    let memory = MemoryBackend(backlog: 20)
    backends = Pair(memory: memory, redis: redis)
    admissions = Pair(
      memory: try await memory.admissions(backlog: 20), redis: try await redis.admissions(backlog: 20))
    var workers: [Pair<any DeliveryQueue>] = []
    for name in Self.names {
      workers.append(Pair(memory: try await memory.worker(name), redis: try await redis.worker(name)))
    }
    self.workers = workers
    replies = Pair(memory: try await memory.replies(inbox: "box"), redis: try await redis.replies(inbox: "box"))
    inspection = Pair(memory: memory.inspection, redis: try await redis.inspection)
    try await replies.memory.keepOpen()
    try await replies.redis.keepOpen()
  }

  func step() async throws {
    let worker = Int.random(in: 0..<3, using: &random)
    let kind = Int.random(in: 0..<100, using: &random)
    switch kind {
    case ..<20: try await admit()
    case ..<40: try await take(worker)
    case ..<45: try await beat(worker)
    case ..<48: try await silence(worker)
    case ..<55: try await rescue(worker)
    case ..<70: try await withHeld(begin)
    case ..<80: try await withHeld(checkpoint)
    case ..<83: try await withHeld(reply)
    case ..<95: try await withHeld(settle)
    default: try await withHeld(handBack)
    }
    if kind % 10 == 0 { #expect(try await inspection.memory.depth() == inspection.redis.depth()) }
  }

  private func count(_ what: String) { counts[what, default: 0] += 1 }

  private func admit() async throws {
    let token = ExecutionToken.random()
    let inbox = Bool.random(using: &random) ? "box" : nil
    try await keepAlive()
    func submit(_ queue: any AdmissionQueue) async throws -> Admission {
      let execution = NewExecution(
        token: token, workflow: "flow", priority: .normal, payload: Array(token.description.utf8), inbox: inbox)
      return try await queue.eventLoop.flatSubmit { queue.admit(execution) }.get()
    }
    switch (try await submit(admissions.memory), try await submit(admissions.redis)) {
    case (.admitted(let memory), .admitted(let redis)):
      ids[token] = Pair(memory: memory, redis: redis)
      count("admitted")
    case (let memory, let redis):
      #expect(memory == redis)
      count("refused")
    }
  }

  private func take(_ worker: Int) async throws {
    let memory = try await workers[worker].memory.take(limit: 1, waiting: .milliseconds(1))
    // A read that waits for nothing is slow: Redis looks at its clock ten times a second.
    guard !memory.isEmpty || Int.random(in: 0..<10, using: &random) == 0 else { return }
    let redis = try await workers[worker].redis.take(limit: 1, waiting: .milliseconds(1))
    hold(worker, memory, redis)
    count("taken")
  }

  private func rescue(_ worker: Int) async throws {
    try await keepAlive()
    try await backends.redis.beSteady()
    let memory = try await workers[worker].memory.rescue(limit: 50)
    let redis = try await workers[worker].redis.rescue(limit: 50)
    hold(worker, memory, redis)
    count("rescues")
  }

  private func hold(_ worker: Int, _ memory: [Delivery], _ redis: [Delivery]) {
    #expect(Set(memory.map(\.token)) == Set(redis.map(\.token)))
    for delivery in memory.sorted(by: { $0.token.description < $1.token.description }) {
      guard let twin = redis.first(where: { $0.token == delivery.token }) else { continue }
      #expect(delivery.payload == twin.payload)
      held.append(Held(token: delivery.token, worker: worker, delivery: Pair(memory: delivery, redis: twin)))
    }
  }

  /// Real time passes on Redis: whoever has not fallen silent is alive.
  private func keepAlive() async throws {
    for worker in alive { try await workers[worker].redis.heartbeat() }
  }

  private func beat(_ worker: Int) async throws {
    alive.insert(worker)
    try await workers[worker].memory.heartbeat()
    try await workers[worker].redis.heartbeat()
  }

  private func silence(_ worker: Int) async throws {
    alive.remove(worker)
    try await backends.memory.silence(Self.names[worker])
    try await backends.redis.silence(Self.names[worker])
  }

  /// A delivery of now or of long ago: those that were lost in between are the interesting ones.
  private func withHeld(_ body: (inout Held) async throws -> Void) async throws {
    guard !held.isEmpty else { return }
    let index = Int.random(in: max(0, held.count - 12)..<held.count, using: &random)
    var one = held[index]
    try await body(&one)
    held[index] = one
    try await compare(one.token)
  }

  private func begin(_ one: inout Held) async throws {
    let memory = try await workers[one.worker].memory.begin(one.delivery.memory)
    let redis = try await workers[one.worker].redis.begin(one.delivery.redis)
    #expect((memory == nil) == (redis == nil))
    guard let memory, let redis else { return count("begin refused") }
    #expect(memory.epoch == redis.epoch)
    #expect(memory.crashes == redis.crashes)
    #expect(memory.replied == redis.replied)
    #expect(sorted(memory.checkpoint) == sorted(redis.checkpoint))
    one.lease = Pair(memory: memory, redis: redis)
    one.settlement = nil
    count("begun")
  }

  private func checkpoint(_ one: inout Held) async throws {
    guard let lease = one.lease else { return }
    let field = CheckpointField(
      path: "n\(Int.random(in: 0..<3, using: &random))", bytes: [.random(in: 0...255, using: &random)])
    let memory = try await workers[one.worker].memory.checkpoint(lease.memory, [field])
    #expect(try await workers[one.worker].redis.checkpoint(lease.redis, [field]) == memory)
    count(memory ? "checkpointed" : "checkpoint refused")
  }

  private func reply(_ one: inout Held) async throws {
    guard let lease = one.lease else { return }
    let memory = try await workers[one.worker].memory.reply(lease.memory, [1, 2])
    #expect(try await workers[one.worker].redis.reply(lease.redis, [1, 2]) == memory)
  }

  private func settle(_ one: inout Held) async throws {
    guard let lease = one.lease else { return }
    let settlement =
      one.settlement
      ?? Settlement(
        state: Bool.random(using: &random) ? .succeeded : .failed, message: Bool.random(using: &random) ? "why" : nil,
        output: Bool.random(using: &random) ? [3] : nil, reply: Bool.random(using: &random) ? [4] : nil,
        fields: [CheckpointField(path: "last", bytes: [5])], keep: Bool.random(using: &random) ? .seconds(600) : .zero)
    one.settlement = settlement
    let memory = try await workers[one.worker].memory.settle(lease.memory, settlement)
    #expect(try await workers[one.worker].redis.settle(lease.redis, settlement) == memory)
    count(memory ? "settled" : "settlement refused")
  }

  private func handBack(_ one: inout Held) async throws {
    let memory = try await workers[one.worker].memory.handBack(one.delivery.memory, lease: one.lease?.memory)
    let redis = try await workers[one.worker].redis.handBack(one.delivery.redis, lease: one.lease?.redis)
    #expect(memory == redis)
    count("handed back")
  }

  // MARK: comparing

  func compareAll() async throws {
    for token in ids.keys { try await compare(token) }
  }

  private func compare(_ token: ExecutionToken) async throws {
    guard let id = ids[token] else { return }
    let memory = try await admissions.memory.look(id.memory, detail: .everything)
    let redis = try await admissions.redis.look(id.redis, detail: .everything)
    #expect(memory?.state == redis?.state)
    #expect(memory?.epoch == redis?.epoch)
    #expect(memory?.crashes == redis?.crashes)
    #expect(memory?.message == redis?.message)
    #expect(memory?.output == redis?.output)
    #expect(memory?.reply == redis?.reply)
    #expect(memory?.payload == redis?.payload)
    #expect(sorted(memory?.fields) == sorted(redis?.fields))
    if redis?.state == .queued { #expect(try await admissions.redis.look(id.redis)?.state == .queued) }
  }

  private func sorted(_ fields: [CheckpointField]?) -> [CheckpointField] {
    (fields ?? []).sorted { $0.path < $1.path }
  }

  /// As sets: Redis says it again when a settlement is repeated, because the first message may not have arrived.
  func compareReplies() async throws {
    func texts(_ replies: [QueuedReply]) -> Set<String> {
      Set(replies.map { "\($0.token) \($0.state) \($0.message ?? "-") \($0.reply ?? []) \($0.output ?? [])" })
    }
    let memory = texts(try await replies.memory.replies(waiting: .milliseconds(1)))
    var redis = Set<String>()
    while !memory.isSubset(of: redis) {
      let more = try await replies.redis.replies(waiting: .seconds(2))
      if more.isEmpty { break }
      redis.formUnion(texts(more))
    }
    #expect(redis == memory)
    #expect(!memory.isEmpty)
  }
}

struct SeededGenerator: RandomNumberGenerator {
  private var state: UInt64

  init(seed: UInt64) { state = seed }

  /// SplitMix64.
  mutating func next() -> UInt64 {
    state &+= 0x9E37_79B9_7F4A_7C15
    var mixed = state
    mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
    mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
    return mixed ^ (mixed >> 31)
  }
}
