// Many webhooks of one event-loop turn become one call of a script: collected here, handed over at the end of the turn.

import NIOCore
import RedisClient

/// Collects the items that are submitted during one turn of an event loop and hands them, in order, to one closure: at
/// the end of the turn, or when there are `limit` of them.
///
/// Not thread-safe: made, used and released on its event loop.
final class TurnBatcher<Item: Sendable, Output: Sendable> {
  typealias Completion = (Result<Output, any Error>) -> Void

  private let eventLoop: any EventLoop
  private let limit: Int
  private let flush: ([Item]) -> EventLoopFuture<[Output]>
  private var items: [Item] = []
  private var completions: [Completion] = []
  /// Of the last call: the next one will be about as large.
  private var lastCount = 0

  /// `flush` must give one output for each item, in the same order, on any event loop. If it fails, or the number does
  /// not match, all items of that call fail.
  init(eventLoop: any EventLoop, limit: Int, flush: @escaping ([Item]) -> EventLoopFuture<[Output]>) {
    self.eventLoop = eventLoop
    self.limit = max(1, limit)
    self.flush = flush
  }

  func submit(_ item: Item) -> EventLoopFuture<Output> {
    let promise = eventLoop.makePromise(of: Output.self)
    submit(item) { promise.completeWith($0) }
    return promise.futureResult
  }

  /// Costs less than a future; `completion` runs on the event loop.
  func submit(_ item: Item, completion: @escaping Completion) {
    if items.isEmpty {
      eventLoop.assumeIsolated().execute { self.handOver() }
      items.reserveCapacity(lastCount)
      completions.reserveCapacity(lastCount)
    }
    items.append(item)
    completions.append(completion)
    if items.count == limit { handOver() }
  }

  private func handOver() {
    let (items, completions) = (items, completions)
    guard !items.isEmpty else { return }
    lastCount = items.count
    self.items.removeAll(keepingCapacity: false)
    self.completions.removeAll(keepingCapacity: false)
    call(items, completions)
  }

  private func call(_ items: [Item], _ completions: [Completion]) {
    flush(items).hop(to: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let outputs) where outputs.count == completions.count:
        for (index, completion) in completions.enumerated() { completion(.success(outputs[index])) }
      case .success(let outputs):
        let error = RedisError(
          kind: .protocolViolation, message: "a batch of \(completions.count) items got \(outputs.count) outputs")
        for completion in completions { completion(.failure(error)) }
      case .failure(let error):
        for completion in completions { completion(.failure(error)) }
      }
    }
  }
}
