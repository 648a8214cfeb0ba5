// The worker's side of the engine in memory, with crashes on demand.

import Synchronization
import WorkflowEngine
import Workflows

struct Crash: Error {}

final class MemoryJournal: ExecutionJournal {
  enum Fault {
    /// The process dies before the checkpoint with this number (from 1) is durable.
    case before(Int)
    /// The checkpoint is durable, but nobody hears of it any more.
    case after(Int)
    case atReply
  }

  private struct State {
    var checkpoints: [[NodeRecord]] = []
    var calls = 0
    var replies: [Reply] = []
  }

  private let fault: Fault?
  private let state = Mutex(State())

  init(_ fault: Fault? = nil) {
    self.fault = fault
  }

  var checkpoints: [[String]] { state.withLock { $0.checkpoints.map { $0.map(\.path) } } }
  var replies: [Reply] { state.withLock { $0.replies } }

  /// What the next run of the execution gets, read back from the stored bytes.
  func stored() throws -> [NodeRecord] {
    try state.withLock { state in
      try state.checkpoints.joined().map { try NodeRecord(path: $0.path, decoding: $0.bytes) }
    }
  }

  func checkpoint(_ records: [NodeRecord]) async throws {
    let call = state.withLock { state in
      state.calls += 1
      return state.calls
    }
    if case .before(call) = fault { throw Crash() }
    state.withLock { $0.checkpoints.append(records) }
    if case .after(call) = fault { throw Crash() }
  }

  func reply(_ reply: Reply) async throws {
    if case .atReply = fault { throw Crash() }
    state.withLock { $0.replies.append(reply) }
  }
}
