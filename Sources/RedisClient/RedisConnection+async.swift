// The same for code that awaits: the worker's loops, the command line, tests.

package import NIOCore

extension RedisConnection {
  /// Waits for the reply. Cancelling the task does not take the command back. `atOnce` sends it before the rest of the
  /// event-loop turn goes on.
  package func run(
    _ command: RedisCommand, key: String? = nil, timeout: TimeAmount = .seconds(5), replicas: ReplicaWait? = nil,
    atOnce: Bool = false
  ) async throws(RedisError) -> RedisValue {
    let reply = send(command, key: key, timeout: timeout, replicas: replicas)
    if atOnce, eventLoop.inEventLoop { flush() }
    return try await Self.result(of: reply)
  }

  /// Runs a script and waits for its reply.
  package func run(
    _ script: RedisScript, timeout: TimeAmount = .seconds(5), keys: [String], replicas: ReplicaWait? = nil,
    build: (inout RedisCommand) -> Void = { _ in }
  ) async throws(RedisError) -> RedisValue {
    try await Self.result(of: call(script, timeout: timeout, keys: keys, replicas: replicas, build: build))
  }

  /// The answers of all primaries there are, the home of `key` among them; throws when none is known.
  package func everyPrimary(
    _ command: RedisCommand, home key: String, timeout: TimeAmount = .seconds(5)
  ) async throws(RedisError) -> [PrimaryAnswer] {
    try await Self.result(of: sendToEveryPrimary(command, home: key, timeout: timeout))
  }

  /// Returns when the connection is ready; throws the latest problem after `timeout`, or when it is closed.
  package func whenReady(timeout: TimeAmount = .seconds(10)) async throws(RedisError) {
    try await Self.result(of: whenReady(timeout: timeout) as EventLoopFuture<Void>)
  }

  private static func result<Value: Sendable>(of future: EventLoopFuture<Value>) async throws(RedisError) -> Value {
    do {
      return try await future.get()
    } catch let error as RedisError {
      throw error
    } catch {
      throw RedisError(kind: .disconnected, message: "\(error)")  // the event loop itself is gone
    }
  }
}
