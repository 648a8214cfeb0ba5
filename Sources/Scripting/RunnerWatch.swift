// Looks at a runner from outside while it is at work: its own watchdog counts computing time only, and memory not at
// all.

import Glibc
import NIOCore

struct RunnerWatch {
  static let interval = TimeAmount.milliseconds(15)
  /// Calls that end sooner cost no look.
  private static let unwatched = TimeAmount.milliseconds(10)
  private static let longestWithoutLook = TimeAmount.seconds(1)
  /// Calls that move more bytes may leave a lot behind, however short they are.
  private static let largeTransfer = 1 << 20

  private let memory: RunnerMemory
  private var isPlanned = false
  private var lastLook = NIODeadline.now()
  private var lastGrowth = 0

  /// nil when its memory cannot be seen.
  init?(process: pid_t) {
    guard let memory = RunnerMemory(of: process) else { return nil }
    self.memory = memory
  }

  /// Whether a call that begins needs a look to be planned.
  func isDue() -> Bool { !isPlanned }
  mutating func lookPlanned() { isPlanned = true }
  mutating func lookEnded() { isPlanned = false }

  /// - Returns: Why the call must end.
  mutating func look(at running: RunningCall) -> ScriptFailure? {
    let now = NIODeadline.now()
    guard now < running.deadline else { return .timeout(running.timeLimit) }
    guard now - running.start > Self.unwatched || now - lastLook > Self.longestWithoutLook else { return nil }
    lastLook = now
    lastGrowth = memory.growth
    return lastGrowth > running.memoryLimit ? .memory(running.memoryLimit) : nil
  }

  /// Whether the runner keeps so much memory after the call that the next one would suffer for it.
  mutating func isWorn(after running: RunningCall, replyLength: Int) -> Bool {
    let tolerated = running.memoryLimit / 2
    guard lastGrowth > tolerated || running.inputLength + replyLength > Self.largeTransfer else { return false }
    lastGrowth = memory.growth
    return lastGrowth > tolerated
  }
}
