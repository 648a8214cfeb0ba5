// Many webhooks of one event-loop turn become one call of a script: collected here, handed over at the end of the turn.

package import NIOCore

/// Collects the items that are submitted during one turn of an event loop and hands them, in order, to one closure:
/// at most `limit` a call, the rest in further calls at once.
///
/// Not thread-safe: made, used and released on its event loop.
package final class TurnBatcher<Item: Sendable, Output: Sendable> {
  private let eventLoop: any EventLoop
  private let limit: Int
  private let flush: ([Item]) -> EventLoopFuture<[Output]>
  private var items: [Item] = []
  private var promises: [EventLoopPromise<Output>] = []

  /// `flush` must give one output for each item, in the same order, on any event loop. If it fails, or the number does
  /// not match, all items of that call fail.
  package init(eventLoop: any EventLoop, limit: Int, flush: @escaping ([Item]) -> EventLoopFuture<[Output]>) {
    self.eventLoop = eventLoop
    self.limit = max(1, limit)
    self.flush = flush
  }

  package func submit(_ item: Item) -> EventLoopFuture<Output> {
    let promise = eventLoop.makePromise(of: Output.self)
    if items.isEmpty { eventLoop.assumeIsolated().execute { self.handOver() } }
    items.append(item)
    promises.append(promise)
    return promise.futureResult
  }

  private func handOver() {
    let items = items
    let promises = promises
    self.items.removeAll(keepingCapacity: false)
    self.promises.removeAll(keepingCapacity: false)
    if items.count <= limit { return call(items, promises) }
    for start in stride(from: 0, to: items.count, by: limit) {
      let range = start..<min(start + limit, items.count)
      call(Array(items[range]), Array(promises[range]))
    }
  }

  private func call(_ items: [Item], _ promises: [EventLoopPromise<Output>]) {
    flush(items).hop(to: eventLoop).assumeIsolated().whenComplete { result in
      switch result {
      case .success(let outputs) where outputs.count == promises.count:
        for (promise, output) in zip(promises, outputs) { promise.succeed(output) }
      case .success(let outputs):
        let error = RedisError(
          kind: .protocolViolation, message: "a batch of \(promises.count) items got \(outputs.count) outputs")
        for promise in promises { promise.fail(error) }
      case .failure(let error):
        for promise in promises { promise.fail(error) }
      }
    }
  }
}
