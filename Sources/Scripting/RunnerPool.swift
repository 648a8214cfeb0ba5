// Who is idle, who waits, and how many runners are to be started. Decides only: whoever holds the lock performs.

import NIOCore

struct RunnerPool {
  enum Placement {
    case start(ScriptRunner)
    case waits
    case refused(ScriptFailure)
  }

  private let size: Int
  private let room: Int
  private var isOpen = true
  /// From the moment they have a process until they end.
  private(set) var runners: [ScriptRunner] = []
  private var idle: [ScriptRunner] = []
  private var ready = 0
  private var starting = 0
  /// Processes that were started in all.
  private(set) var starts = 0
  private var waitingCalls = CircularBuffer<PendingCall>()
  /// Processes that are or will be there and have not been reaped.
  private var processes = 0
  private var closers: [CheckedContinuation<Void, Never>] = []

  /// Starts that failed, and idle runners that died, since a start succeeded.
  private var failures = 0
  /// Those of them that were starts.
  private var failedStarts = 0
  private var lastReason = ""
  private var isRetryPlanned = false
  /// So many failed starts in a row are no accident: calls fail at once until a start succeeds.
  private static let toleratedFailures = 3

  init(size: Int, room: Int) {
    self.size = size
    self.room = room
  }

  var running: Int { ready - idle.count }
  var waiting: Int { waitingCalls.count }
  var isReady: Bool { idle.count == size }

  // MARK: Calls

  mutating func place(_ call: PendingCall) -> Placement {
    guard isOpen else { return .refused(.shutDown) }
    if let runner = popIdle() { return .start(runner) }
    if isHopeless { return .refused(.noRunner(lastReason)) }
    guard waitingCalls.count < room else { return .refused(.tooManyWaiting(room)) }
    waitingCalls.append(call)
    return .waits
  }

  /// One of the event loop that asks is reached without a change of threads.
  private mutating func popIdle() -> ScriptRunner? {
    guard !idle.isEmpty else { return nil }
    if let index = idle.lastIndex(where: { $0.eventLoop.inEventLoop }) { return idle.remove(at: index) }
    return idle.removeLast()
  }

  /// The call that has waited longest; without one the runner is idle from now on.
  mutating func nextCall(for runner: ScriptRunner) -> PendingCall? {
    if let call = waitingCalls.popFirst() { return call }
    idle.append(runner)
    return nil
  }

  mutating func withdraw(_ call: PendingCall) {
    waitingCalls.removeAll { $0 === call }
  }

  // MARK: Runners

  /// How many runners are to be started now; they count as starting from here on.
  mutating func takeStarts() -> Int {
    guard isOpen else { return 0 }
    let missing = max(0, size - ready - starting)
    // After a failure one is enough to see whether it works again.
    let count = failures == 0 ? missing : (starting == 0 && !isRetryPlanned ? min(1, missing) : 0)
    starting += count
    processes += count
    starts += count
    return count
  }

  /// - Returns: False when it is to end at once.
  mutating func add(_ runner: ScriptRunner) -> Bool {
    runners.append(runner)
    return isOpen
  }

  mutating func becameReady(_ runner: ScriptRunner) {
    starting -= 1
    ready += 1
    failures = 0
    failedStarts = 0
  }

  /// Takes away a runner that was ready.
  mutating func remove(_ runner: ScriptRunner) {
    forget(runner)
    ready -= 1
  }

  private mutating func forget(_ runner: ScriptRunner) {
    runners.removeAll { $0 === runner }
    idle.removeAll { $0 === runner }
  }

  mutating func startEnded(_ runner: ScriptRunner) {
    forget(runner)
  }

  // MARK: Failures

  /// - Returns: How long to wait before the next start, and the calls that need not wait any longer.
  mutating func startFailed(_ reason: String) -> (pause: TimeAmount?, hopeless: [PendingCall]) {
    starting -= 1
    failedStarts += 1
    return fault(reason)
  }

  mutating func fault(_ reason: String) -> (pause: TimeAmount?, hopeless: [PendingCall]) {
    guard isOpen else { return (nil, []) }
    failures += 1
    lastReason = reason
    let hopeless = isHopeless ? takeWaiting() : []
    guard !isRetryPlanned else { return (nil, hopeless) }
    isRetryPlanned = true
    return (.milliseconds(50 << Int64(min(failures - 1, 6))), hopeless)
  }

  mutating func retryCame() { isRetryPlanned = false }

  private var isHopeless: Bool { failedStarts >= Self.toleratedFailures && ready == 0 }

  private mutating func takeWaiting() -> [PendingCall] {
    defer { waitingCalls.removeAll() }
    return Array(waitingCalls)
  }

  // MARK: The end

  mutating func close() -> (runners: [ScriptRunner], calls: [PendingCall]) {
    isOpen = false
    return (runners, takeWaiting())
  }

  /// - Returns: Who has waited for the last process to end.
  mutating func reaped() -> [CheckedContinuation<Void, Never>] {
    processes -= 1
    guard processes == 0 else { return [] }
    defer { closers = [] }
    return closers
  }

  /// - Returns: False when there is nothing to wait for.
  mutating func waitForLast(_ continuation: CheckedContinuation<Void, Never>) -> Bool {
    guard processes > 0 else { return false }
    closers.append(continuation)
    return true
  }
}
