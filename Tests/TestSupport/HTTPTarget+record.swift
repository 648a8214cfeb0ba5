// What an HTTP target has seen: requests, connections, and who waits for more of them.

import NIOCore
import Synchronization

/// Shared by the target and its connections' handlers.
final class RequestRecord: Sendable {
  private struct Waiter {
    let id: Int
    let count: Int
    let continuation: CheckedContinuation<Bool, Never>
  }

  private struct State {
    var requests: [HTTPTarget.Request] = []
    var channels: [Int: any Channel] = [:]
    var connectionCount = 0
    var waiters: [Waiter] = []
    var nextWaiter = 0
  }

  private let state = Mutex(State())

  var requests: [HTTPTarget.Request] { state.withLock { $0.requests } }
  var count: Int { state.withLock { $0.requests.count } }
  var connectionCount: Int { state.withLock { $0.connectionCount } }

  /// Notes a new connection; its number.
  func opened(_ channel: any Channel) -> Int {
    let number = state.withLock { state in
      state.connectionCount += 1
      state.channels[state.connectionCount] = channel
      return state.connectionCount
    }
    channel.closeFuture.whenComplete { _ in
      self.state.withLock { $0.channels[number] = nil }
    }
    return number
  }

  func openChannels() -> [any Channel] { state.withLock { Array($0.channels.values) } }

  /// Keeps a request under the next index and wakes who waited for it.
  func append(_ make: (_ index: Int) -> HTTPTarget.Request) -> HTTPTarget.Request {
    let (request, ready) = state.withLock { state in
      let request = make(state.requests.count)
      state.requests.append(request)
      let count = state.requests.count
      let ready = state.waiters.filter { $0.count <= count }
      state.waiters.removeAll { $0.count <= count }
      return (request, ready)
    }
    for waiter in ready { waiter.continuation.resume(returning: true) }
    return request
  }

  func wait(count: Int, timeout: Duration) async throws -> [HTTPTarget.Request] {
    let id = state.withLock { state in
      state.nextWaiter += 1
      return state.nextWaiter
    }
    let timer = Task {
      try await Task.sleep(for: timeout)
      self.giveUp(id)
    }
    defer { timer.cancel() }
    let isReached = await withTaskCancellationHandler {
      await withCheckedContinuation { continuation in
        let isKnown = state.withLock { state in
          if state.requests.count >= count { return true }
          state.waiters.append(Waiter(id: id, count: count, continuation: continuation))
          return false
        }
        if isKnown { continuation.resume(returning: true) }
        if Task.isCancelled { giveUp(id) }
      }
    } onCancel: {
      giveUp(id)
    }
    guard isReached else {
      throw NotInTime(description: "not within \(timeout): \(count) requests; there were \(self.count)")
    }
    return requests
  }

  private func giveUp(_ id: Int) {
    let late = state.withLock { state in
      let late = state.waiters.filter { $0.id == id }
      state.waiters.removeAll { $0.id == id }
      return late
    }
    for waiter in late { waiter.continuation.resume(returning: false) }
  }
}
