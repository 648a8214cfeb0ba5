// Keeps executions moving that no worker holds: those whose time has come, those for which a lane has room, and in the
// other direction those that were cancelled while they run here. Every worker does it for all; each step is one script.

package import Catalog
package import ExecutionQueue
package import Logging
import ProcessSupport
import ServiceLifecycle

package struct WaitingService: Service {
  private let queue: any DeliveryQueue
  private let catalog: CatalogService
  private let running: RunningExecutions
  private let metrics: WorkerMetrics
  private let logger: Logger

  /// The longest that a due execution waits for a worker to look.
  private static let interval: Duration = .milliseconds(250)
  private static let lanesInterval: Duration = .seconds(1)
  /// Executions that one script call moves.
  private static let page = 100

  package init(
    queue: any DeliveryQueue, catalog: CatalogService, running: RunningExecutions, metrics: WorkerMetrics,
    logger: Logger
  ) {
    self.queue = queue
    self.catalog = catalog
    self.running = running
    self.metrics = metrics
    self.logger = logger
  }

  /// Two loops: reading many new workflows must not make timers late.
  package func run() async throws {
    await withTaskGroup(of: Void.self) { group in
      group.addTask { await promote() }
      group.addTask { await tendLanes() }
    }
  }

  private func promote() async {
    var complaint = Complaint(logger, "cannot look after waiting executions")
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      var pause = Self.interval
      do {
        let (count, next) = try await queue.promote(limit: Self.page)
        metrics.promoted.increment(by: count)
        if let next { pause = min(pause, next) }
        if count == Self.page { pause = .zero }
        if !running.isEmpty { running.cancel(try await queue.canceled()) }
        complaint.withdraw()
      } catch {
        complaint.make(error)
      }
      if pause > .zero { await sleep(max(pause, .milliseconds(1))) }
    }
  }

  private func tendLanes() async {
    var complaint = Complaint(logger, "cannot look after lanes")
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      do {
        if catalog.isLoaded {
          // With what it knew a moment ago it could take away a limit that has just been set.
          try await catalog.refresh()
          try await queue.tendLanes(catalog.current.concurrency)
          complaint.withdraw()
        }
      } catch {
        complaint.make(error)
      }
      await sleep(Self.lanesInterval * Double.random(in: 0.75...1.25))
    }
  }

  private func sleep(_ pause: Duration) async {
    try? await cancelWhenGracefulShutdown { try await Task.sleep(for: pause) }
  }
}
