// The thread of an actor that owns a C library's handles: it runs the actor's jobs and waits for its descriptors.
// Outgoing requests live on one of these.

import Glibc
import Synchronization

/// A serial executor on one thread of its own, with epoll. Jobs run in the order they came; between them the thread
/// waits for watched descriptors and one timer, whose handlers run on it too, never beside a job.
///
/// The owner calls `shutdown()` or `stop()`; until then the thread keeps the executor alive. Jobs that come later
/// still run, in order and one at a time, on a thread that lives as long as there are any; descriptors and the timer
/// are no longer waited for.
///
/// `@unchecked Sendable`: `poller`, `name`, `jobs` and `owner` are safe by their types. `watches`, `nextGeneration` and
/// `timer` are touched only in functions that start with `checkIsolated()` or are called by `run()`, so by one thread
/// at a time: `owner` is set by the thread that runs jobs, cleared before the next one may start (under the lock of
/// `jobs`), and there is one such thread at a time because `Phase` changes only under that lock.
package final class PollingExecutor: SerialExecutor, @unchecked Sendable {
  package typealias Handler = (PollEvents) -> Void

  private enum Phase { case running, stopping, stopped, draining }

  private struct Jobs {
    var waiting: [UnownedJob] = []
    var phase = Phase.running
    var thread: pthread_t?
  }

  private struct Watch {
    let generation: UInt32
    let handler: Handler
  }

  private struct Timer {
    let deadline: UInt64
    let handler: () -> Void
  }

  private let name: String
  private let poller = Poller()
  private let jobs = Mutex(Jobs())
  private let owner = Atomic<UInt>(0)
  private var watches: [Int32: Watch] = [:]
  private var nextGeneration: UInt32 = 0
  private var timer: Timer?

  /// Starts the thread.
  package init(name: String) {
    self.name = name
    // Under the lock, so that the new thread cannot look for its own handle before it is there.
    jobs.withLock { $0.thread = NamedThread.start(name) { self.run() } }
  }

  package func enqueue(_ job: consuming ExecutorJob) {
    let job = UnownedJob(job)
    // The job may be the last user's `isolated deinit`: it can run, and let go of this executor, before the wake-up.
    let executor = self
    defer { withExtendedLifetime(executor) {} }
    let isFirst = jobs.withLock { jobs in
      jobs.waiting.append(job)
      if jobs.phase == .stopped {
        jobs.phase = .draining
        pthread_detach(NamedThread.start(name) { self.drain() })
      }
      return jobs.waiting.count == 1
    }
    if isFirst, !isCurrent { poller.wake() }
  }

  package func checkIsolated() {
    precondition(isCurrent, "not on the thread of the executor \(name)")
  }

  package func isIsolatingCurrentContext() -> Bool? { isCurrent }

  package func isSameExclusiveExecutionContext(other: PollingExecutor) -> Bool { self === other }

  /// Calls the handler on this executor each time the descriptor is ready, until `unwatch`; again for a watched
  /// descriptor changes events and handler. Only on this executor. Unwatch before closing the descriptor.
  package func watch(descriptor: Int32, events: PollEvents, handler: @escaping Handler) {
    checkIsolated()
    nextGeneration &+= 1
    watches[descriptor] = Watch(generation: nextGeneration, handler: handler)
    poller.set(descriptor, events: events, generation: nextGeneration)
  }

  package func unwatch(descriptor: Int32) {
    checkIsolated()
    guard watches.removeValue(forKey: descriptor) != nil else { return }
    poller.remove(descriptor)
  }

  /// Calls the handler once, after the time, in place of any earlier timer; 0 is the thread's next turn. Only on this
  /// executor.
  package func setTimer(milliseconds: Int, handler: @escaping () -> Void) {
    checkIsolated()
    timer = Timer(deadline: now() &+ UInt64(max(0, milliseconds)) &* 1_000_000, handler: handler)
  }

  package func cancelTimer() {
    checkIsolated()
    timer = nil
  }

  /// Runs what is enqueued, ends the thread and waits for its end; from the thread itself it does not wait. A second
  /// call returns at once.
  package func shutdown() { end(waits: !isCurrent) }

  /// Like `shutdown()`, without waiting.
  package func stop() { end(waits: false) }

  private func end(waits: Bool) {
    let thread = jobs.withLock { jobs in
      if jobs.phase == .running { jobs.phase = .stopping }
      defer { jobs.thread = nil }
      return jobs.thread
    }
    guard let thread else { return }
    poller.wake()
    if waits { pthread_join(thread, nil) } else { pthread_detach(thread) }
  }

  private var isCurrent: Bool { owner.load(ordering: .acquiring) == UInt(pthread_self()) }

  private func run() {
    owner.store(UInt(pthread_self()), ordering: .releasing)
    repeat {
      runJobs()
      for news in poller.wait(milliseconds: patience()) {
        // The watch may have been removed or replaced by a handler of this same batch.
        guard let watch = watches[news.descriptor], watch.generation == news.generation else { continue }
        watch.handler(news.events)
      }
      fireTimer()
    } while !isFinished(after: .stopping)
  }

  /// Runs the jobs that came after the end.
  private func drain() {
    owner.store(UInt(pthread_self()), ordering: .releasing)
    repeat { runJobs() } while !isFinished(after: .draining)
  }

  private func runJobs() {
    let ready = jobs.withLock { jobs in
      defer { jobs.waiting.removeAll(keepingCapacity: false) }
      return jobs.waiting
    }
    for job in ready { job.runSynchronously(on: asUnownedSerialExecutor()) }
  }

  /// How long to wait for descriptors, in milliseconds: not at all with jobs to run, else until the timer.
  private func patience() -> Int32 {
    let hasWork = jobs.withLock { !$0.waiting.isEmpty || $0.phase != .running }
    if hasWork { return 0 }
    guard let timer else { return -1 }
    let now = now()
    guard timer.deadline > now else { return 0 }
    return Int32(clamping: (timer.deadline - now + 999_999) / 1_000_000)
  }

  private func fireTimer() {
    guard let due = timer, due.deadline <= now() else { return }
    timer = nil
    due.handler()
  }

  private func isFinished(after phase: Phase) -> Bool {
    guard jobs.withLock({ $0.phase == phase && $0.waiting.isEmpty }) else { return false }
    // Handlers go first: letting go of what they hold may enqueue a last job.
    watches = [:]
    timer = nil
    return jobs.withLock { jobs in
      guard jobs.waiting.isEmpty else { return false }
      jobs.phase = .stopped
      owner.store(0, ordering: .releasing)
      return true
    }
  }
}

/// Nanoseconds of the monotonic clock.
private func now() -> UInt64 {
  var time = timespec()
  clock_gettime(CLOCK_MONOTONIC, &time)
  return UInt64(time.tv_sec) * 1_000_000_000 + UInt64(time.tv_nsec)
}
