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
    var opened: [String] = []
    var arrivals: [String: [UInt8]] = [:]
    var closed: [String] = []
    var reservations: [String] = []
    var start: Int64 = 0
    var confirmations = 0
    var doubts = 0
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

  func checkpoint(_ records: [NodeRecord], callbacks: [String]) async throws {
    try await checkpoint(records)
    state.withLock { $0.opened += callbacks }
  }

  /// Callbacks whose addresses are known, in the order of their coming.
  var opened: [String] { state.withLock { $0.opened } }
  var closed: [String] { state.withLock { $0.closed } }
  var reservations: [String] { state.withLock { $0.reservations } }

  /// Somebody calls although the run that gives up has begun.
  func arrive(_ callback: String, _ bytes: [UInt8]) { state.withLock { $0.arrivals[callback] = bytes } }
  /// So many confirmations are needed before it counts as confirmed.
  func doubt(until confirmations: Int) { state.withLock { $0.doubts = confirmations } }
  var confirmations: Int { state.withLock { $0.confirmations } }
  func confirm() async throws { state.withLock { $0.confirmations += 1 } }
  var isConfirmed: Bool { state.withLock { $0.confirmations >= $0.doubts } }
  /// What the next reservation gives.
  func reserve(at start: Int64) { state.withLock { $0.start = start } }

  func close(callback: String) async throws -> [UInt8]? {
    state.withLock { state in
      if let bytes = state.arrivals[callback] { return bytes }
      state.closed.append(callback)
      return nil
    }
  }

  func reserve(_ name: String, spacing: Int64) async throws -> Int64 {
    state.withLock { state in
      state.reservations.append("\(name) \(spacing)")
      return state.start
    }
  }

  func reply(_ reply: Reply) async throws {
    if case .atReply = fault { throw Crash() }
    state.withLock { $0.replies.append(reply) }
  }
}
