// Queues that a test takes away and brings back.

import ExecutionQueue
import NIOCore
import Synchronization

final class Switch: Sendable {
  private let flag: Mutex<Bool>

  init(_ isOn: Bool = false) { flag = Mutex(isOn) }

  var isOn: Bool { flag.withLock { $0 } }
  func set(_ isOn: Bool) { flag.withLock { $0 = isOn } }
}

/// Another queue, as long as there is no outage.
struct SwitchedQueue: AdmissionQueue {
  let queue: any AdmissionQueue
  let outage: Switch

  var eventLoop: any EventLoop { queue.eventLoop }
  var isAway: Bool { outage.isOn }

  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void) {
    guard !isAway else { return completion(.failure(QueueError(.unavailable, "away"))) }
    queue.admit(execution, completion: completion)
  }
  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    queue.record(of: id, detail: detail)
  }
  func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption> {
    queue.resume(id, callback: callback, with: bytes)
  }
}

/// Writes down what reaches it, in the order in which it would reach Redis: all of one turn together, but for large
/// payloads, which are sent at once.
final class RecordingQueue: AdmissionQueue {
  private struct State {
    var isAway = true
    var room = Int.max
    var looks = 0
    var turn: [Submission] = []
    var calls: [[NewExecution]] = []
    var admitted: [NewExecution] = []
    var refusals = 0
  }

  private struct Submission {
    let execution: NewExecution
    let completion: @Sendable (Result<Admission, any Error>) -> Void
  }

  let eventLoop: any EventLoop
  private let state = Mutex(State())

  init(eventLoop: any EventLoop) { self.eventLoop = eventLoop }

  /// How often it was asked whether it is away.
  var looks: Int { state.withLock { $0.looks } }
  /// What was sent together, admitted or not.
  var calls: [[NewExecution]] { state.withLock { $0.calls } }
  var admitted: [NewExecution] { state.withLock { $0.admitted } }
  var admittedTokens: [ExecutionToken] { admitted.map(\.token) }
  /// Calls in which something was refused for want of room.
  var refusals: Int { state.withLock { $0.refusals } }

  func bringBack(room: Int = .max) {
    state.withLock { state in
      state.isAway = false
      state.room = room
    }
  }

  var isAway: Bool {
    state.withLock { state in
      state.looks += 1
      return state.isAway
    }
  }

  func admit(_ execution: NewExecution, completion: @escaping @Sendable (Result<Admission, any Error>) -> Void) {
    let submission = Submission(execution: execution, completion: completion)
    guard execution.payload.count <= RedisAdmissionQueue.sharedLimit else { return call([submission]) }
    let isFirst = state.withLock { state in
      state.turn.append(submission)
      return state.turn.count == 1
    }
    guard isFirst else { return }
    eventLoop.execute {
      self.call(
        self.state.withLock { state in
          defer { state.turn = [] }
          return state.turn
        })
    }
  }

  private func call(_ submissions: [Submission]) {
    let answers = state.withLock { state in
      state.calls.append(submissions.map(\.execution))
      let answers = submissions.map { Self.answer(to: $0.execution, &state) }
      if answers.contains(.backlogFull) { state.refusals += 1 }
      return answers
    }
    for (submission, answer) in zip(submissions, answers) { submission.completion(.success(answer)) }
  }

  private static func answer(to execution: NewExecution, _ state: inout State) -> Admission {
    let entry = execution.entry ?? EntryID(milliseconds: 0, sequence: 0)
    let id = ExecutionID(partition: 0, entry: entry, token: execution.token)
    if state.admitted.contains(where: { $0.token == execution.token }) { return .duplicate(id) }
    guard state.room > 0 else { return .backlogFull }
    state.room -= 1
    state.admitted.append(execution)
    return .admitted(id)
  }

  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    eventLoop.makeSucceededFuture(nil)
  }
  func resume(_ id: ExecutionID, callback: String, with bytes: [UInt8]) -> EventLoopFuture<Resumption> {
    eventLoop.makeSucceededFuture(.unknown)
  }
}
