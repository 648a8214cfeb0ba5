// Looks at a runner from outside while it is at work: its own watchdog counts computing time only, and memory not at
// all.

import Glibc
import NIOCore

struct RunnerWatch {
  static let interval = TimeAmount.milliseconds(15)
  /// Calls that end sooner cost no look.
  private static let unwatched = TimeAmount.milliseconds(10)
  private static let longestWithoutLook = TimeAmount.seconds(1)
  /// Calls that end sooner leave too little behind for the next one to be looked at before it begins.
  private static let harmless = TimeAmount.milliseconds(1)
  /// How long such calls may go on without a look.
  private static let longestTrust = TimeAmount.milliseconds(50)
  /// What the runner's own housekeeping leaves to the engine's collector, and a little more.
  private static let uncollected = 48 << 20
  /// Calls that move more bytes may leave a lot behind, however short they are.
  private static let largeTransfer = 1 << 20

  private let memory: RunnerMemory
  private var isPlanned = false
  private var lastLook = NIODeadline.now()
  private var lastGrowth = 0
  /// What was there when the call at work began: it is not that call's.
  private var growthBefore = 0
  /// Whether a call has ended since that may have left something behind.
  private var isGrowthStale = true
  private let tolerated: Int

  /// nil when its memory cannot be seen.
  init?(process: pid_t, configuration: ScriptRunners.Configuration) {
    guard let memory = RunnerMemory(of: process) else { return nil }
    self.memory = memory
    tolerated = max(configuration.memory / 2, Self.uncollected)
  }

  /// Whether a call that begins needs a look to be planned.
  func isDue() -> Bool { !isPlanned }
  mutating func lookPlanned() { isPlanned = true }
  mutating func lookEnded() { isPlanned = false }

  /// Before a call is sent: what earlier ones have left behind is not held against it. Short calls in a row, which
  /// leave little, share one look.
  mutating func began(_ running: RunningCall) {
    guard isGrowthStale || running.start - lastLook > Self.longestTrust else { return }
    lastLook = running.start
    lastGrowth = memory.growth
    growthBefore = lastGrowth
    isGrowthStale = false
  }

  /// - Returns: Why the call must end.
  mutating func look(at running: RunningCall) -> ScriptFailure? {
    let now = NIODeadline.now()
    guard now < running.deadline else { return .timeout(running.timeLimit) }
    guard now - running.start > Self.unwatched || now - lastLook > Self.longestWithoutLook else { return nil }
    lastLook = now
    lastGrowth = memory.growth
    return lastGrowth - growthBefore > running.memoryLimit ? .memory(running.memoryLimit) : nil
  }

  /// Whether the runner keeps more memory after the call than the pool is to pay for.
  mutating func isWorn(after running: RunningCall, replyLength: Int) -> Bool {
    let isLarge = running.inputLength + replyLength > Self.largeTransfer
    isGrowthStale = isGrowthStale || isLarge || NIODeadline.now() - running.start > Self.harmless
    guard lastGrowth > tolerated || isLarge else { return false }
    lastGrowth = memory.growth
    return lastGrowth > tolerated
  }
}
