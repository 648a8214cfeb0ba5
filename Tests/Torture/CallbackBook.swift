// The target calls back those who wait: once, twice, at once, or never; and keeps what was answered.

import Synchronization
import TestSupport

final class CallbackBook: Sendable {
  enum Mood: Int, CaseIterable, Sendable {
    case once, twice, early, never
  }

  /// What became of the callbacks of one execution.
  struct Callbacks: Sendable {
    /// The numbers whose answer said that they count.
    var accepted: [UInt32] = []
    /// How many answers said that another one had come before and counts.
    var repeated = 0
    /// Calls without an answer and answers of 5xx: what was sent may have arrived.
    var uncertain = 0
    /// Answers that it is too late, or that nobody waits there.
    var refused = 0
    /// What the last refusal said.
    var refusal = ""
    /// The numbers that were sent.
    var sent: Set<UInt32> = []
  }

  private struct State {
    var callbacks: [ExecutionKey: Callbacks] = [:]
    var calling = 0
  }

  private static let patience = Duration.seconds(30)
  private let seed: UInt64
  /// Where callbacks go: the balancer in front of all ingests.
  private let port: Int
  private let state = Mutex(State())

  init(seed: UInt64, port: Int) {
    self.seed = seed
    self.port = port
  }

  var all: [ExecutionKey: Callbacks] { state.withLock { $0.callbacks } }
  /// Callbacks that are not over yet.
  var calling: Int { state.withLock { $0.calling } }

  /// An execution has told its address; again when its node was interrupted.
  func plan(_ url: String, for key: ExecutionKey, n: UInt32) {
    var chance = Chance(seed: seed, UInt64(n))
    let mood = Mood.allCases[chance.number(0...3)]
    let isNew = state.withLock { state in
      guard state.callbacks[key] == nil else { return false }
      state.callbacks[key] = Callbacks()
      return true
    }
    let told = ContinuousClock.now
    guard mood != .never, isNew, let path = Self.path(of: url) else { return }
    for number in 0..<(mood == .twice ? 2 : 1) {
      let pause = mood == .early ? Duration.zero : .milliseconds(chance.number(20...800))
      state.withLock { $0.calling += 1 }
      Task {
        try? await Task.sleep(for: pause)
        await call(path, n &* 4 &+ UInt32(number) &+ 1, key, told: told)
        state.withLock { $0.calling -= 1 }
      }
    }
  }

  /// Until it is answered: a sender of callbacks does not give up because an ingest is away.
  private func call(
    _ path: String, _ number: UInt32, _ key: ExecutionKey, told: ContinuousClock.Instant
  ) async {
    let deadline = ContinuousClock.now + Self.patience
    let request = SystemRequest(
      "POST", path, headers: [(name: "Content-Type", value: "application/json")],
      body: Array(#"{"serial":\#(number)}"#.utf8))
    while ContinuousClock.now < deadline {
      note(key) { $0.sent.insert(number) }
      let answer = try? await SystemConnection.send(request, port: port, within: .seconds(20))
      switch answer?.status {
      case .some(200..<300) where answer?[header: "Idempotent-Replayed"] == nil:
        return note(key) { $0.accepted.append(number) }
      case .some(200..<300): return note(key) { $0.repeated += 1 }
      case .some(400..<500):
        return note(key) {
          $0.refused += 1
          $0.refusal = "\(ContinuousClock.now - told) after the address was told: \(answer?.text ?? "")"
        }
      default:
        note(key) { $0.uncertain += 1 }
        try? await Task.sleep(for: .milliseconds(200))
      }
    }
  }

  private func note(_ key: ExecutionKey, _ change: (inout Callbacks) -> Void) {
    state.withLock { state in
      guard var callbacks = state.callbacks[key] else { return }
      change(&callbacks)
      state.callbacks[key] = callbacks
    }
  }

  private static func path(of url: String) -> String? {
    url.split(separator: "/", maxSplits: 3, omittingEmptySubsequences: false).dropFirst(3).first.map { "/\($0)" }
  }
}
