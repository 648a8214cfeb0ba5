// The model check: does one random thing after the other on the plain model, and foretells what Redis answers.

import NIOCore
import RedisClient
import Synchronization
import TestSupport
import Testing

@testable import ExecutionQueue

/// Moved by hand.
final class ModelClock: Sendable {
  let microseconds = Atomic<Int64>(1_800_000_000_000_000)
}

/// One life of a queue. Calls are sent as they come to mind; their answers are looked at in `check`.
final class ModelWalk {
  struct Held {
    let worker: String
    let delivery: Delivery
    var lease: Lease?
  }

  private struct Call {
    let name: String
    let tokens: [ExecutionToken]
    let expected: String
    let answer: EventLoopFuture<RedisValue>
    let read: (RedisValue) -> String
  }

  let redis: ModelRedis
  let clock: ModelClock
  var state: MemoryQueue.State
  var random: SeededGenerator
  var held: [Held] = []
  var ids: [ExecutionID] = []
  var steps = 0
  private(set) var counts: [String: Int] = [:]
  private var calls: [Call] = []
  private var story: [(call: Call, found: String)] = []
  private var tokens = 0

  static let backlog = 40
  /// Milliseconds: longer than any life.
  static let long: Int64 = 90 * 86_400_000

  init(redis: ModelRedis, seed: UInt64) {
    let clock = ModelClock()
    self.redis = redis
    self.clock = clock
    random = SeededGenerator(seed: seed)
    state = MemoryQueue.State { clock.microseconds.load(ordering: .relaxed) }
    state.inboxes["box"] = []
    tick()
    for worker in ModelRedis.workers { live(worker) }
  }

  func step() {
    let worker = pick(ModelRedis.workers)
    switch below(100) {
    case ..<9: tick()
    case ..<13: admit()
    case ..<21: admitRecords()
    case ..<34: take(worker)
    case ..<35: die(worker)
    case ..<37: live(worker)
    case ..<42: rescue(worker)
    case ..<56: begin(worker)
    case ..<63: checkpoint(worker)
    case ..<77: settle(worker)
    case ..<84: suspend(worker)
    case ..<87: resume()
    case ..<88: close(worker)
    case ..<92: promote()
    case ..<93: reserve()
    case ..<95: handBack(worker)
    case ..<97: cancel()
    case ..<99: redrive()
    default: tendLanes()
    }
  }

  // MARK: Calls

  /// Remembers a call that has just been sent, and what the model says about it.
  func expect(
    _ name: String, of tokens: [ExecutionToken] = [], _ expected: String, _ answer: EventLoopFuture<RedisValue>,
    read: @escaping (RedisValue) -> String = ModelWalk.text
  ) {
    steps += max(1, tokens.count)
    counts[name, default: 0] += max(1, tokens.count)
    calls.append(Call(name: name, tokens: tokens, expected: expected, answer: answer, read: read))
  }

  /// Whether all answers since the last look were as foretold; records the first that was not.
  func check() async throws -> Bool {
    defer { calls.removeAll() }
    let answers = try await EventLoopFuture.whenAllComplete(calls.map(\.answer), on: redis.connection.eventLoop).get()
    for (call, answer) in zip(calls, answers) {
      let found: String
      switch answer {
      case .success(let value): found = call.read(value)
      case .failure(let error): found = "\(error)"
      }
      story.append((call, found))
      guard found == call.expected else {
        let difference = "\(call.name) gave \(found), the model says \(call.expected)"
        Issue.record("\(difference)\n\(story(of: difference))")
        return false
      }
    }
    return true
  }

  /// What has happened to the executions that a difference mentions.
  func story(of difference: String) -> String {
    story.filter { $0.call.tokens.contains { difference.contains($0.description) } }.suffix(80)
      .map { "\($0.call.name) \($0.call.tokens.map(\.description).joined(separator: " ")): \($0.found)" }
      .joined(separator: "\n")
  }

  static func text(_ value: RedisValue) -> String {
    guard let array = value.array else { return value.text ?? "nothing" }
    return "[\(array.map(text).joined(separator: ", "))]"
  }

  // MARK: Chance

  func below(_ limit: Int) -> Int { Int.random(in: 0..<limit, using: &random) }
  func chance(_ percent: Int) -> Bool { below(100) < percent }
  func pick<Element>(_ elements: [Element]) -> Element { elements[below(elements.count)] }

  func token() -> ExecutionToken {
    tokens += 1
    let digits = String(tokens)
    // In another order than that of their arrival.
    let text = String(digits.reversed()) + String(repeating: "0", count: 15 - digits.count) + "x"
    guard let token = ExecutionToken(text) else { preconditionFailure("\(text) is no token") }
    return token
  }

  /// Small as a rule; seldom too large for a field of the record.
  func bytes() -> [UInt8] {
    let size = below(300) == 0 ? 70_000 : below(4)
    return [UInt8](repeating: UInt8(97 + below(26)), count: size)
  }

  /// An answer that is lost makes its caller ask again.
  func again(_ call: () -> Void) {
    call()
    if chance(15) { call() }
  }

  /// What this worker holds, mostly; or what it held not long ago and may have lost since.
  func some(of worker: String, atMost limit: Int, begun: Bool?) -> [Int] {
    let all = held.indices.suffix(100).filter { held[$0].worker == worker }
    let isHonest = chance(80)
    let fitting = all.filter { place in
      let one = held[place]
      guard isHonest else { return begun != true || one.lease != nil }
      return (begun == nil || begun == (one.lease != nil)) && state.holder(of: one.delivery) == worker
    }
    return Array(fitting.suffix(12).shuffled(using: &random).prefix(1 + below(limit)))
  }

  // MARK: Time and workers

  func tick() {
    clock.microseconds.add(Int64(below(20_000)), ordering: .relaxed)
    let now = clock.microseconds.load(ordering: .relaxed)
    expect("tick", "OK", redis.send(["SET", "{p0}:clock", "\(now)"]))
  }

  func live(_ worker: String) {
    state.workers[worker] = .max
    expect("live", "", redis.send(["ZADD", redis.keys.workers, "1e15", worker])) { _ in "" }
  }

  func die(_ worker: String) {
    state.workers[worker] = nil
    expect("die", "", redis.send(["ZADD", redis.keys.workers, "1", worker])) { _ in "" }
    // A process that has died knows nothing any more; one that has only stalled does.
    if chance(70) { held.removeAll { $0.worker == worker } }
  }
}
