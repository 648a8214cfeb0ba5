// The way back: what is in the journal is admitted in its order, oldest first, as soon as Redis is there and can keep
// the promise. A batch that is not admitted is tried again; one that was in spite of that is found out by the queue.

import Catalog
import ExecutionQueue
import Logging
import NIOCore
import ProcessSupport
import ServiceLifecycle
import Synchronization

/// What a replay has to know beside the queue: an emptied Redis has no workflows, and a changed one may forget.
struct JournalSurroundings: Sendable {
  let catalog: CatalogService
  let gate: AdmissionGate
}

/// Why it has to wait.
private struct NotYet: Error, CustomStringConvertible {
  let description: String
}

extension Journal {
  /// What the service remembers from one attempt to the next.
  struct Replay {
    /// The oldest segment, and what of it has not been admitted: it is neither read nor sent again.
    var segment: JournalFiles.Segment?
    var rest = ByteBuffer()
    /// Bytes of it that cannot be read between others that can.
    var damaged = 0
    /// When Redis was seen away for the last time.
    var lastAway: ContinuousClock.Instant?
    /// Since when a workflow is missing that webhooks were taken for.
    var missingSince: ContinuousClock.Instant?
    var admitted = LogPace()
    var troubles = LogPace(.seconds(10))
  }

  private static let pause: Duration = .milliseconds(100)
  /// Executions and bytes of payloads that go to the queue together.
  private static let batchCount = 64
  private static let batchBytes = 1 << 20

  private static var isStopping: Bool { Task.isShuttingDownGracefully || Task.isCancelled }

  /// Before the journal runs: from then on webhooks wait until Redis can keep the promise, and for their workflows.
  func depend(on surroundings: JournalSurroundings) {
    self.surroundings.withLock { $0 = surroundings }
  }

  package func run() async throws {
    var replay = Replay()
    while !Self.isStopping {
      if admissions.isAway { replay.lastAway = .now } else if isPending { await attempt(&replay) }
      if let count = replay.admitted.due() {
        logger.info("webhooks admitted from the journal", metadata: ["count": "\(count)"])
      }
      report()
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.pause) }
    }
  }

  private func attempt(_ replay: inout Replay) async {
    let surroundings = surroundings.withLock { $0 }
    do {
      if let surroundings {
        guard isJudged(by: surroundings.gate, replay) else { return }
        if let problem = surroundings.gate.problem { throw NotYet(description: problem) }
        // The picture may be of a Redis that was emptied since.
        try await surroundings.catalog.refresh()
      }
      while !Self.isStopping {
        guard try await admitNext(&replay, surroundings?.catalog.current) else { return }
      }
    } catch {
      guard replay.troubles.due(adding: 1) != nil else { return }
      logger.warning("the journal cannot be replayed yet", metadata: ["error": "\(error)"])
    }
  }

  /// Whether the gate speaks of the Redis that is there now.
  private func isJudged(by gate: AdmissionGate, _ replay: Replay) -> Bool {
    guard gate.wasLookedAt || gate.problem == nil else { return false }
    let outages = [replay.lastAway, state.withLock { $0.pendingSince }].compactMap(\.self)
    return outages.allSatisfy { gate.isJudged(after: $0) }
  }

  // MARK: segments

  /// One batch, or the end of a segment; false when nothing is left.
  private func admitNext(_ replay: inout Replay, _ catalog: WorkflowCatalog?) async throws -> Bool {
    guard let segment = replay.segment ?? oldest() else {
      replay.missingSince = nil
      return false
    }
    if replay.segment == nil {
      replay.rest = try JournalFiles.read(segment)
      replay.segment = segment
    }
    var rest = replay.rest
    var damaged = replay.damaged
    let batch = try batch(from: &rest, damaged: &damaged, catalog, &replay.missingSince)
    guard !batch.isEmpty else {
      end(segment, torn: rest.readableBytes, damaged: damaged)
      (replay.segment, replay.rest, replay.damaged) = (nil, ByteBuffer(), 0)
      return true
    }
    try await admit(batch)
    (replay.rest, replay.damaged) = (rest, damaged)
    if let count = replay.admitted.due(adding: batch.count) {
      logger.info("webhooks admitted from the journal", metadata: ["count": "\(count)"])
    }
    return true
  }

  private func oldest() -> JournalFiles.Segment? {
    files.withLock { files in
      if files.closed.isEmpty { files.endSegment() }
      let size = files.size
      state.withLock { $0.size = size }
      return files.closed.first
    }
  }

  /// All of it has been admitted that can be read.
  private func end(_ segment: JournalFiles.Segment, torn: Int, damaged: Int) {
    if damaged > 0 {
      logger.error(
        "a journal file is damaged in the middle: webhooks that were confirmed may be in it; the file is set aside",
        metadata: ["file": "\(segment.path).torn", "bytes": "\(damaged)"])
    }
    if torn > 0 {
      logger.error(
        "the end of a journal file cannot be read, after a crash or on a broken disk; the file is set aside",
        metadata: ["file": "\(segment.path).torn", "bytes": "\(torn)"])
    }
    files.withLock { files in
      if torn + damaged > 0 { files.setAside(segment) } else { files.remove(segment) }
      let size = files.size
      state.withLock { $0.size = size }
    }
  }

  // MARK: batches

  /// What comes next and may go together; empty at the end, or at what cannot be read. A large payload goes alone: the
  /// queue sends it ahead of smaller ones of the same turn.
  private func batch(
    from buffer: inout ByteBuffer, damaged: inout Int, _ catalog: WorkflowCatalog?,
    _ missingSince: inout ContinuousClock.Instant?
  ) throws -> [NewExecution] {
    var batch: [NewExecution] = []
    var bytes = 0
    while batch.count < Self.batchCount {
      let start = buffer.readerIndex
      var passedOver = 0
      guard let execution = JournalRecord.next(in: &buffer, damaged: &passedOver) else { break }
      let size = execution.payload.count
      let isLarge = size > RedisAdmissionQueue.sharedLimit
      let isWaiting = catalog.map { !isKnown(execution.workflow, in: $0, &missingSince) } ?? false
      if isWaiting, batch.isEmpty {
        throw NotYet(description: "the workflow \"\(execution.workflow)\" is not applied")
      }
      guard batch.isEmpty || !isWaiting && !isLarge && bytes + size <= Self.batchBytes else {
        buffer.moveReaderIndex(to: start)
        break
      }
      batch.append(catalog.map { Self.runnable(execution, in: $0) } ?? execution)
      bytes += size
      damaged += passedOver
      if isLarge { break }
    }
    return batch
  }

  /// A workflow that is not there begins with version 1 when it is applied.
  private static func runnable(_ execution: NewExecution, in catalog: WorkflowCatalog) -> NewExecution {
    execution.limited(toVersion: catalog.entry(execution.workflow)?.version ?? 1)
  }

  /// Without its workflow an execution would become a dead letter. So it waits: without end while there are no workflows
  /// at all, since Redis was emptied then and nothing could run; for a while once there are others, since they may come
  /// one after another. One that never comes back must not hold up the others: its webhooks do become dead letters, and
  /// can be run from there when it has been applied after all.
  private func isKnown(
    _ workflow: String, in catalog: WorkflowCatalog, _ missingSince: inout ContinuousClock.Instant?
  ) -> Bool {
    if catalog.entry(workflow) != nil { return true }
    guard !catalog.all.isEmpty else {
      missingSince = nil
      return false
    }
    let since = missingSince ?? .now
    missingSince = since
    return .now - since >= patience
  }

  /// Throws when not all of them are admitted.
  private func admit(_ batch: [NewExecution]) async throws {
    let loop = admissions.eventLoop
    let results = try await loop.flatSubmit { [admissions] in
      EventLoopFuture.whenAllSucceed(batch.map { admissions.admit($0) }, on: loop)
    }.get()
    for result in results {
      switch result {
      case .admitted: replayed.increment()
      // Of the same webhook, or of one that was here in time.
      case .duplicate: continue
      case .overRate, .backlogFull, .noWorker: throw QueueError(.full, "the backlog is full")
      }
    }
  }
}
