// The story of a webhook: find its workflow, read and check it, filter, admit, and in synchronous mode wait.

import Catalog
import ExecutionQueue
import JSONCodec
import NIOCore
import NIOHTTP1
import ProcessSupport
import Workflows

struct WebhookRoute: Sendable {
  let catalog: CatalogService
  let admissions: any AdmissionQueue
  let inbox: ReplyInbox
  let gate: AdmissionGate
  let metrics: IngestMetrics
  let environment: [String: String]
  let bodyLimit: Int
  /// What callers see of this installation; empty when unknown.
  let address: String
  let eventLoop: any EventLoop

  // MARK: find, by the head alone

  func judge(_ request: IncomingRequest, key: Substring) -> HeadVerdict {
    guard let key = PercentEncoding.decoded(key), let entry = catalog.current.entry(key) else {
      return refuse(unknown(), request)
    }
    return judge(request, entry, parameters: [])
  }

  func judge(_ request: IncomingRequest, path: String) -> HeadVerdict {
    guard let (entry, parameters) = catalog.current.entry(path: path) else { return refuse(unknown(), request) }
    return judge(request, entry, parameters: parameters)
  }

  /// While the workflows have not been read yet, nobody can say that one does not exist.
  private func unknown() -> Problem {
    catalog.isLoaded ? .notFound : .unavailable("The workflows have not been loaded yet.", retryAfter: 1)
  }

  private func judge(
    _ request: IncomingRequest, _ entry: CatalogEntry, parameters: [(name: String, value: String)]
  ) -> HeadVerdict {
    guard let workflow = entry.workflow else { return refuse(.unusable(entry.key), request) }
    let trigger = workflow.trigger
    guard trigger.methods.contains(request.method) else { return refuse(.methodNotAllowed(trigger.methods), request) }
    guard entry.enabled else { return refuse(.disabled(entry.key), request) }
    if let problem = gate.problem { return refuse(.unavailable(problem), request) }
    if trigger.mode == .sync, inbox.isFull {
      return refuse(.unavailable("Too many synchronous callers wait already.", retryAfter: 1), request)
    }
    let limit = min(trigger.bodyLimit ?? bodyLimit, bodyLimit)
    return .read(limit: limit) { body in
      respond(request, entry: entry, workflow: workflow, parameters: parameters, body: body)
    }
  }

  private func refuse(_ problem: Problem, _ request: IncomingRequest) -> HeadVerdict {
    .answer(problem.answer(requestID: request.requestID))
  }

  // MARK: the whole request

  private func respond(
    _ incoming: IncomingRequest, entry: CatalogEntry, workflow: Workflow,
    parameters: [(name: String, value: String)], body: ByteBuffer
  ) -> EventLoopFuture<HTTPAnswer> {
    do {
      let webhook = try WebhookRequest(
        incoming, entry: entry, trigger: workflow.trigger, parameters: parameters, body: body)
      let scope = WebhookScope(request: webhook, environment: environment)
      if let condition = workflow.trigger.when, try !condition.evaluate(scope) {
        metrics.ignored.increment()
        return eventLoop.makeSucceededFuture(.json(200, "{\"ignored\":true}"))
      }
      let pending = PendingAdmission(incoming: incoming, workflow: workflow, webhook: webhook, scope: scope)
      guard workflow.trigger.mode == .sync else { return admitAndConfirm(pending) }
      let preference = Preference(incoming.headers, trigger: workflow.trigger)
      return preference.respondsAsync
        ? admitAndConfirm(pending) : admitAndWait(pending, patience: preference.patience)
    } catch let problem as Problem {
      return eventLoop.makeSucceededFuture(problem.answer(requestID: incoming.requestID))
    } catch {
      let problem = Problem.malformed("\(error)")
      return eventLoop.makeSucceededFuture(problem.answer(requestID: incoming.requestID))
    }
  }

  // MARK: asynchronous

  private func admitAndConfirm(_ pending: PendingAdmission) -> EventLoopFuture<HTTPAnswer> {
    let confirmation: Confirmation
    do { confirmation = try Confirmation(pending) } catch {
      return eventLoop.makeSucceededFuture(
        Problem.malformed("The answer of this workflow cannot be made: \(error)")
          .answer(requestID: pending.incoming.requestID))
    }
    let promise = eventLoop.makePromise(of: HTTPAnswer.self)
    admissions.admit(pending.execution(token: .random(), inbox: nil, priority: pending.workflow.queuePriority))
      .whenComplete { result in
        switch result {
        case .success(.admitted(let id)):
          metrics.admitted.increment()
          promise.succeed(confirmation.answer(id: id, at: address))
        case .success(.backlogFull):
          promise.succeed(Problem.backlogFull.answer(requestID: pending.incoming.requestID))
        case .success(.noWorker): promise.succeed(Problem.noWorker.answer(requestID: pending.incoming.requestID))
        case .failure(let error): promise.succeed(answer(to: error, pending))
        }
      }
    return promise.futureResult
  }

  // MARK: synchronous

  private func admitAndWait(
    _ pending: PendingAdmission, patience: TimeAmount
  ) -> EventLoopFuture<HTTPAnswer> {
    let token = ExecutionToken.random()
    // The waiter is there before the execution is: the reply may be faster than the answer to the admission.
    let reply = inbox.wait(for: token, on: eventLoop)
    let execution = pending.execution(token: token, inbox: inbox.name, priority: .high)
    return admissions.admit(execution).flatMap { admission -> EventLoopFuture<HTTPAnswer> in
      switch admission {
      case .admitted(let id):
        metrics.admitted.increment()
        return wait(for: reply, id: id, pending, patience: patience)
      case .backlogFull:
        inbox.forget(token)
        return eventLoop.makeSucceededFuture(Problem.backlogFull.answer(requestID: pending.incoming.requestID))
      case .noWorker:
        inbox.forget(token)
        return eventLoop.makeSucceededFuture(Problem.noWorker.answer(requestID: pending.incoming.requestID))
      }
    }
    .flatMapErrorThrowing { error in
      inbox.forget(token)
      return answer(to: error, pending)
    }
  }

  private func wait(
    for reply: EventLoopFuture<ExecutionOutcome?>, id: ExecutionID, _ pending: PendingAdmission,
    patience: TimeAmount
  ) -> EventLoopFuture<HTTPAnswer> {
    inbox.admitted(id, admissions: admissions)
    let alarm = eventLoop.scheduleTask(in: patience) { inbox.forget(id.token) }
    return reply.map { outcome in
      alarm.cancel()
      if let outcome {
        return outcome.answer(id: id, requestID: pending.incoming.requestID)
      }
      metrics.deadlines.increment()
      return pending.workflow.trigger.onTimeout == .accepted
        ? ExecutionOutcome.accepted(id: id, at: address)
        : Problem.deadline.answer(requestID: pending.incoming.requestID, executionID: id.description)
    }
  }

  private func answer(to error: any Error, _ pending: PendingAdmission) -> HTTPAnswer {
    let requestID = pending.incoming.requestID
    guard let error = error as? QueueError else {
      return Problem.unavailable("The webhook could not be stored.").answer(requestID: requestID)
    }
    gate.report(error)
    let detail =
      switch error.kind {
      case .full: "The queue's memory is full; send the webhook again later."
      case .unavailable, .refused, .corrupt: "The webhook could not be stored; send it again."
      }
    return Problem.unavailable(detail).answer(requestID: requestID)
  }
}

extension Workflow {
  var queuePriority: ExecutionQueue.Priority {
    switch priority {
    case .high: .high
    case .normal: .normal
    case .low: .low
    }
  }
}
