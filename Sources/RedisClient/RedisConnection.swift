// One connection to Redis on one event loop: what ingest admits through and workers fetch, checkpoint and settle with.
// Behind it stands one server, a primary that sentinels name, a cluster or several shards.

package import Logging
package import NIOCore
import NIOPosix

/// Connects by itself, and again after every loss (50 ms to 1 s apart, jittered), until `close()`.
///
/// - Commands of one event-loop turn leave in one write; replies come in the order of the commands.
/// - While it is away nothing is queued: commands fail at once with `disconnected`. Those that were on their way fail
///   with `disconnected` too; whether Redis ran them is unknown, so only commands that may run twice may be repeated.
/// - A command that is not answered within its timeout ends the connection, because later replies could no longer be
///   told apart: it fails with `timeout`, those behind it with `disconnected`. A large reply that is just coming in may
///   take longer, unless it stands still for two seconds. A command is never overdue before the
///   one in front of it, so a blocking read belongs on a connection of its own, with a timeout longer than its BLOCK.
/// - Too many commands without reply (100,000, or 256 MB) make further ones fail with `busy`.
/// - With several servers all this holds for each of them; a command goes to the one that has its first key, or that of
///   the `key` beside it, else to the first. In a cluster what a node refuses because the key is elsewhere is sent there,
///   within the command's timeout, and so may be overtaken by later commands.
/// - A server that turns out to be a replica, and one that sentinels no longer name, is left, and the primary looked for.
/// - With `replicas` a write counts only when so many have it: else it fails with `noReplicas`, though it is done.
///
/// Lives until `close()`, also without references to it. May be used from any thread; on its event loop it costs less.
package final class RedisConnection: Sendable {
  package enum State: Sendable, Equatable { case idle, connecting, ready, away, closed }

  package let eventLoop: any EventLoop
  package let isCluster: Bool
  private let status = ConnectionStatus()
  /// The box checks on each use that it is used on the event loop.
  private let routes: NIOLoopBoundBox<RedisRoutes>

  /// `name` is shown by CLIENT LIST. The `scripts` are loaded at each connect, so that their calls need not carry the
  /// source; their names must differ.
  package convenience init(
    url: RedisURL, eventLoop: any EventLoop, name: String, scripts: [RedisScript], logger: Logger
  ) {
    self.init(url: url, eventLoop: eventLoop, name: name, scripts: scripts, logger: logger, limits: .init())
  }

  init(
    url: RedisURL, eventLoop: any EventLoop, name: String, scripts: [RedisScript], logger: Logger,
    limits: PendingCommands.Limits
  ) {
    self.eventLoop = eventLoop
    if case .cluster = url.places[0].shape { isCluster = true } else { isCluster = false }
    let settings = LinkSettings(eventLoop: eventLoop, name: name, scripts: scripts, limits: limits, logger: logger)
    let routes = RedisRoutes(url: url, settings: settings, status: status)
    self.routes = NIOLoopBoundBox.makeBoxSendingValue(routes, eventLoop: eventLoop)
  }

  // MARK: Life

  /// Begins to connect. Returns at once; a second call does nothing.
  package func start() {
    eventLoop.execute { [routes] in routes.value.connect() }
  }

  /// Ends the connection for good. Commands without reply fail with `closed`; wait for their futures first if they
  /// matter.
  package func close() -> EventLoopFuture<Void> {
    eventLoop.flatSubmit { [routes] in routes.value.close() }
  }

  package var state: State {
    switch status.current.phase {
    case .idle: .idle
    case .connecting, .greeting: .connecting
    case .ready: .ready
    case .away: .away
    case .closed: .closed
    }
  }

  package var isReady: Bool { status.current.phase == .ready }

  /// Whether the server that has the key is there, whatever the others do.
  package func isReady(for key: String) -> Bool { status.current.part(for: key).phase == .ready }

  /// Why the connection is not ready, for health checks; nil while it is, and before the first attempt has failed.
  package var lastProblem: String? { status.current.problem }

  /// The same of the server that has the key.
  package func lastProblem(for key: String) -> String? { status.current.part(for: key).problem }

  /// Redis's number for this connection (CLIENT ID), for CLIENT UNBLOCK from another one; nil while it is not ready. Of
  /// several servers it is the first one's.
  package var clientID: Int64? { status.current.clientID }

  // MARK: Commands

  /// The future gives the reply, or a `RedisError` if Redis refused, or did not answer within `timeout`; after that the
  /// whole connection is given up.
  package func send(
    _ command: RedisCommand, key: String? = nil, timeout: TimeAmount = .seconds(5), replicas: ReplicaWait? = nil
  ) -> EventLoopFuture<RedisValue> {
    let promise = eventLoop.makePromise(of: RedisValue.self)
    if eventLoop.inEventLoop {
      routes.value.send(command, key: key, timeout: timeout, replicas: replicas, reply: promise)
    } else {
      eventLoop.execute { [routes] in
        routes.value.send(command, key: key, timeout: timeout, replicas: replicas, reply: promise)
      }
    }
    return promise.futureResult
  }

  /// Runs a script by its digest. If Redis has lost the script, the call is sent once more with the source; commands
  /// that were sent in between then run before it.
  /// `build` appends the arguments behind the keys (ARGV), `capacity` bytes or so.
  package func call(
    _ script: RedisScript, timeout: TimeAmount = .seconds(5), keys: [String], capacity: Int = 0,
    replicas: ReplicaWait? = nil, build: (inout RedisCommand) -> Void
  ) -> EventLoopFuture<RedisValue> {
    let promise = eventLoop.makePromise(of: RedisValue.self)
    let absent = isCluster ? keys.first.map(HashSlot.absentKey) : nil
    let call = ScriptCall(script, keys: keys + (absent.map { [$0] } ?? []), capacity: capacity, build: build)
    if eventLoop.inEventLoop {
      routes.value.send(call, timeout: timeout, replicas: replicas, reply: promise)
    } else {
      eventLoop.execute { [routes] in routes.value.send(call, timeout: timeout, replicas: replicas, reply: promise) }
    }
    return promise.futureResult
  }

  /// The same command to every primary there is; the home of `key` is marked in the answers. Fails when none is known.
  package func sendToEveryPrimary(
    _ command: RedisCommand, home key: String, timeout: TimeAmount = .seconds(5)
  ) -> EventLoopFuture<[PrimaryAnswer]> {
    eventLoop.flatSubmit { [routes] in routes.value.sendToAll(command, home: key, timeout: timeout) }
  }

  /// Sends what was said in this event-loop turn at once instead of at its end. Called on the event loop.
  package func flush() {
    routes.value.flush()
  }

  /// Fulfilled when the connection is ready; fails with the latest problem after `timeout`, or when it is closed.
  package func whenReady(timeout: TimeAmount) -> EventLoopFuture<Void> {
    eventLoop.flatSubmit { [routes, eventLoop] in
      let promise = eventLoop.makePromise(of: Void.self)
      guard let waiter = routes.value.whenReady(promise) else { return promise.futureResult }
      let patience = eventLoop.scheduleTask(in: timeout) { routes.value.giveUp(waiter: waiter) }
      promise.futureResult.whenComplete { _ in patience.cancel() }
      return promise.futureResult
    }
  }
}
