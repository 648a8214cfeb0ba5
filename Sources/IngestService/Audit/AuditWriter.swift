// Brings the lines of all event loops to the disk, one piece after the other on one thread of its own. What the disk
// cannot take is counted and dropped: no request ever waits for it.

import AuditLog
package import Logging
package import NIOCore
import NIOPosix
package import ProcessSupport
import ServiceLifecycle
import Synchronization

package final class AuditWriter: Service {
  private struct State {
    var waiting = CircularBuffer<AuditChunk>()
    var free: [AuditChunk] = []
    var isWriting = false
    var whenIdle: [EventLoopPromise<Void>] = []
    var trails: [AuditTrail] = []
    var lastComplaint: ContinuousClock.Instant?
  }

  private let state = Mutex(State())
  private let files: Mutex<AuditFiles>
  private let limit: Int
  private let logger: Logger
  private let dropped: Counter
  private let written: Counter
  /// Dropped and not yet told in the log itself.
  private let untold = Atomic<Int>(0)

  /// How many pieces are kept for the next lines.
  private static let mostFree = 4
  private static let complaintInterval: Duration = .seconds(60)
  /// How long a stop waits for a disk that does not answer.
  private static let stopPatience: TimeAmount = .seconds(5)

  /// `limit` is how many bytes may wait for the disk.
  package init(files: consuming AuditFiles, registry: MetricsRegistry, logger: Logger, limit: Int = 8 << 20) {
    self.files = Mutex(files)
    self.limit = max(1, limit / AuditChunk.size)
    self.logger = logger
    written = registry.counter("millrace_ingest_audit_records_total", help: "Records written to the audit log.")
    dropped = registry.counter(
      "millrace_ingest_audit_dropped_total", help: "Audit records that the disk could not take.")
  }

  /// To be used on this event loop only.
  package func trail(on eventLoop: any EventLoop) -> AuditTrail {
    let trail = AuditTrail(eventLoop: eventLoop, writer: self)
    state.withLock { $0.trails.append(trail) }
    return trail
  }

  package func run() async throws {
    try? await gracefulShutdown()
    await flush(within: Self.stopPatience)
  }

  /// Returns when everything that has been recorded is written, or time is up.
  package func flush(within limit: TimeAmount) async {
    let trails = state.withLock { $0.trails }
    for trail in trails { try? await trail.eventLoop.submit { trail.handOver() }.get() }
    guard let eventLoop = trails.first?.eventLoop else { return }
    let promise = eventLoop.makePromise(of: Void.self)
    let alarm = eventLoop.scheduleTask(in: limit) { promise.succeed() }
    let isIdle = state.withLock { state in
      if state.isWriting { state.whenIdle.append(promise) }
      return !state.isWriting
    }
    if isIdle { promise.succeed() }
    try? await promise.futureResult.get()
    alarm.cancel()
  }

  // MARK: called by trails

  /// Takes lines and gives an empty piece for more; nil, and nothing taken, when too much waits already.
  func exchange(_ chunk: AuditChunk) -> AuditChunk? {
    let (empty, starts) = state.withLock { state -> (AuditChunk?, Bool) in
      guard state.waiting.count < limit else { return (nil, false) }
      state.waiting.append(chunk)
      defer { state.isWriting = true }
      return (state.free.popLast() ?? AuditChunk(), !state.isWriting)
    }
    if starts { NIOThreadPool.singleton.submit { _ in self.writeAll() } }
    return empty
  }

  func drop(_ count: Int) {
    dropped.increment(by: count)
    untold.add(count, ordering: .relaxed)
  }

  // MARK: on the writing thread

  private func writeAll() {
    while let chunk = next() {
      write(chunk)
      chunk.clear()
      state.withLock { if $0.free.count < Self.mostFree { $0.free.append(chunk) } }
    }
  }

  private func next() -> AuditChunk? {
    let (chunk, idle) = state.withLock { state -> (AuditChunk?, [EventLoopPromise<Void>]) in
      if let chunk = state.waiting.popFirst() { return (chunk, []) }
      state.isWriting = false
      defer { state.whenIdle = [] }
      return (nil, state.whenIdle)
    }
    for promise in idle { promise.succeed() }
    return chunk
  }

  private func write(_ chunk: AuditChunk) {
    do throws(AuditFileError) {
      let count = untold.load(ordering: .relaxed)
      if count > 0 {
        let note = AuditChunk()
        note.append(AuditLine.dropped(count, at: WallClock.milliseconds))
        try files.withLock { (files) throws(AuditFileError) in try files.append(note.bytes) }
        untold.subtract(count, ordering: .relaxed)
      }
      try files.withLock { (files) throws(AuditFileError) in try files.append(chunk.bytes) }
      written.increment(by: chunk.records)
    } catch {
      drop(chunk.records)
      complain(error)
    }
  }

  private func complain(_ error: AuditFileError) {
    let isDue = state.withLock { state in
      guard state.lastComplaint.map({ .now - $0 > Self.complaintInterval }) ?? true else { return false }
      state.lastComplaint = .now
      return true
    }
    guard isDue else { return }
    logger.error(
      "the audit log cannot be written", metadata: ["error": "\(error.message)", "dropped": "\(dropped.value)"])
  }
}
