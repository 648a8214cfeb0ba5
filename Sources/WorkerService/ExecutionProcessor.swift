// One delivery's way through this worker: begin, run the engine, settle.

package import Catalog
package import ExecutionQueue
import JSONCodec
package import Logging
import NIOCore
import ProcessSupport
package import WorkflowEngine
import Workflows

package struct ExecutionProcessor: Sendable {
  private let queue: any DeliveryQueue
  private let catalog: CatalogService
  private let runner: WorkflowRunner
  private let environment: [String: String]
  private let publicURL: String?
  private let running: RunningExecutions
  private let quarantine = Quarantine()
  private let persistence: Persistence
  private let failures: SharedComplaint
  private let metrics: WorkerMetrics
  private let logger: Logger

  package init(
    queue: any DeliveryQueue, catalog: CatalogService, runner: WorkflowRunner, environment: [String: String],
    publicURL: String? = nil, running: RunningExecutions, metrics: WorkerMetrics, logger: Logger
  ) {
    self.queue = queue
    self.catalog = catalog
    self.runner = runner
    self.environment = environment
    self.publicURL = publicURL
    self.running = running
    self.metrics = metrics
    self.logger = logger
    persistence = Persistence(logger: logger)
    failures = SharedComplaint(logger, "an execution cannot go on here and is handed back")
  }

  /// Runs the body, which takes a slot and processes the delivery; a suspicious one waits for its turn before, without
  /// a slot. What this worker has no room to keep waiting is for others, a little later.
  func inTurn(_ delivery: Delivery, _ body: () async -> Void) async {
    guard delivery.isSuspicious else { return await body() }
    if await quarantine.run(body) { return }
    try? await Task.sleep(for: Self.refusalPause)
    await refuse(delivery)
  }

  private static let refusalPause: Duration = .seconds(1)

  /// For a delivery that this worker has no time for any more.
  func refuse(_ delivery: Delivery) async {
    await handBack(delivery, lease: nil)
  }

  func process(_ delivery: Delivery) async {
    await running.run(delivery.token) { await begin(delivery) }
  }

  private func begin(_ delivery: Delivery) async {
    do {
      let asked = ContinuousClock.now
      guard let lease = try await persistence.keepTrying({ try await queue.begin(delivery) }) else {
        metrics.lost.increment()
        return
      }
      await process(lease, asked: asked)
    } catch {
      report(error)
      await handBack(delivery, lease: nil)
    }
  }

  private func process(_ lease: Lease, asked: ContinuousClock.Instant) async {
    let started = ContinuousClock.now
    do {
      switch try await verdict(on: lease, asked: asked) {
      case .ended(let settlement):
        guard try await persistence.keepTrying({ try await queue.settle(lease, settlement) }) else {
          return await lose(lease.delivery, lease: lease)
        }
        metrics.settled(settlement.state, after: .now - started)
        log(lease, settlement)
      case .waits(let wait):
        guard try await persistence.keepTrying({ try await queue.suspend(lease, wait) }) else {
          return await lose(lease.delivery, lease: lease)
        }
        metrics.suspended.increment()
      }
    } catch is LeaseLost {
      await lose(lease.delivery, lease: lease)
    } catch {
      report(error)
      await handBack(lease.delivery, lease: lease)
    }
  }

  /// Runs the workflow. Throws `LeaseLost` when another worker has taken over, anything else when this worker stops.
  /// What cannot be read would not become readable elsewhere either: that ends the execution.
  private func verdict(on lease: Lease, asked: ContinuousClock.Instant) async throws -> Verdict {
    let request: WebhookRequest
    do {
      request = try WebhookRequest(decoding: Array(lease.payload.readableBytesView))
    } catch {
      return Self.broken("the stored webhook cannot be read: \(error)")
    }
    let workflow: Workflow?
    do {
      workflow = try await persistence.keepTrying {
        try await catalog.workflow(request.workflow, version: request.version)
      }
    } catch let error where !Task.isCancelled {
      return Self.broken(
        "this worker cannot read version \(request.version) of the workflow \"\(request.workflow)\": \(error)")
    }
    guard let workflow else {
      return Self.broken("the workflow \"\(request.workflow)\" has no version \(request.version)")
    }
    let input: ExecutionInput
    do {
      input = try ExecutionInput(
        lease, request: request, workflow: workflow, environment: environment, asked: asked,
        resumeAddress: request.resumeAddress(publicURL: publicURL))
    } catch {
      return Self.broken("\(error)")
    }
    let report = await runner.run(
      workflow, input, journal: LeaseJournal(queue: queue, lease: lease, persistence: persistence, asked: asked))
    if let wait = Wait(report, workflow: workflow, lease: lease) { return .waits(wait) }
    return .ended(try Settlement(report, workflow: workflow))
  }

  private enum Verdict {
    case ended(Settlement)
    case waits(Wait)
  }

  private static func broken(_ message: String) -> Verdict {
    .ended(Settlement(state: .error, message: message, keep: defaultKeep, dead: .unreadable))
  }

  private static let defaultKeep: Duration = .seconds(30 * 86_400)

  /// What this run wrote counts no more: an operator has cancelled the execution, or another worker runs it.
  private func lose(_ delivery: Delivery, lease: Lease?) async {
    let isCanceled =
      if running.isCanceled(delivery.token) { true } else {
        (try? await queue.canceled())?.contains(delivery.token) ?? false
      }
    let metadata: Logger.Metadata = [
      "execution": "\(lease?.id.description ?? delivery.token.description)", "workflow": "\(delivery.workflow)",
    ]
    if isCanceled {
      logger.info("execution canceled", metadata: metadata)
    } else {
      metrics.lost.increment()
      logger.warning(
        "the lease is lost: another worker has taken over, or Redis has lost the record", metadata: metadata)
    }
  }

  /// A worker that stops, and an execution that is cancelled, are no failure.
  private func report(_ error: any Error) {
    if !(error is CancellationError) { failures.make(error) }
  }

  private func handBack(_ delivery: Delivery, lease: Lease?) async {
    // This task is cancelled; the last write is not.
    await Task {
      do {
        guard try await queue.handBack(delivery, lease: lease) else { return await lose(delivery, lease: lease) }
        metrics.handedBack.increment()
      } catch {
        logger.warning(
          "not handed back; others take over when this worker counts as dead", metadata: ["error": "\(error)"])
      }
    }.value
  }

  private func log(_ lease: Lease, _ settlement: Settlement) {
    let level: Logger.Level = settlement.state == .succeeded ? .debug : .info
    logger.log(
      level: level, "execution \(settlement.state.rawValue)",
      metadata: [
        "execution": "\(lease.id)", "workflow": "\(lease.delivery.workflow)", "message": "\(settlement.message ?? "")",
      ])
  }
}
