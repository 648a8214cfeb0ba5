// The story of a webhook: find its workflow, verify who sent it, read it, filter, admit, and in synchronous mode wait.

import AuditLog
import Catalog
import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import NIOHTTP1
import ProcessSupport
import WebhookChecks
import Workflows

/// A class, because each request's closures hold it.
final class WebhookRoute: Sendable {
  let catalog: CatalogService
  let admissions: any AdmissionQueue
  let inbox: ReplyInbox
  let gate: AdmissionGate
  let metrics: IngestMetrics
  let environment: [String: String]
  let bodyLimit: Int
  /// What callers see of this installation; empty when unknown.
  let address: String
  let brakes: Brakes
  let senderKeys: SenderKeys
  /// Where asynchronous webhooks go while Redis is away; nil: nowhere.
  let journal: Journal?
  let addresses: NamedAddressLists
  let logger: Logger
  let eventLoop: any EventLoop

  init(
    catalog: CatalogService, admissions: any AdmissionQueue, inbox: ReplyInbox, gate: AdmissionGate,
    metrics: IngestMetrics, environment: [String: String], bodyLimit: Int, address: String, senderKeys: SenderKeys,
    journal: Journal?, addresses: NamedAddressLists,
    logger: Logger,
    eventLoop: any EventLoop
  ) {
    self.catalog = catalog
    self.admissions = admissions
    self.inbox = inbox
    self.gate = gate
    self.metrics = metrics
    self.environment = environment
    self.bodyLimit = bodyLimit
    self.address = address
    self.senderKeys = senderKeys
    self.journal = journal
    self.addresses = addresses
    brakes = Brakes()
    self.logger = logger
    self.eventLoop = eventLoop
  }

  // MARK: find, by the head alone

  func judge(_ request: IncomingRequest, key: Substring) -> HeadVerdict {
    guard let key = PercentEncoding.decoded(key), let entry = catalog.current.entry(key) else {
      return refuse(unknown(request), request)
    }
    return judge(request, entry, parameters: [])
  }

  func judge(_ request: IncomingRequest, path: String) -> HeadVerdict {
    guard let (entry, parameters) = catalog.current.entry(path: path) else { return refuse(unknown(request), request) }
    return judge(request, entry, parameters: parameters)
  }

  /// While the workflows have not been read yet, nobody can say that one does not exist.
  private func unknown(_ request: IncomingRequest) -> Problem {
    if let fault = PercentEncoding.fault(in: request.path) { return .malformed(fault, check: .route) }
    return catalog.isLoaded ? .notFound : .unavailable("The workflows have not been loaded yet.", retryAfter: 1)
  }

  private func judge(
    _ request: IncomingRequest, _ entry: CatalogEntry, parameters: [(name: String, value: String)]
  ) -> HeadVerdict {
    request.audit.workflow = entry.key
    guard let workflow = entry.workflow else { return refuse(.unusable(entry.key), request) }
    let checks = workflow.trigger.checks as? WebhookChecks
    guard workflow.trigger.methods.contains(request.method) || checks?.furtherMethods.contains(request.method) == true
    else { return refuse(.methodNotAllowed(workflow.trigger.methods), request) }
    if let allowed = checks?.allowed, !allowed.permits(request.clientAddress, lists: addresses) {
      return refuse(.addressNotAllowed, request)
    }
    guard entry.enabled else { return refuse(.disabled(entry.key), request) }
    // Who asks for the bytes gets them as they come.
    if request.facts.isCompressed, request.facts.hasBody, workflow.trigger.bodyKind != .bytes {
      return refuse(.compressed, request)
    }
    if let wait = brakes.wait(of: request.clientAddress, in: workflow, now: eventLoop.now) {
      return refuse(.overRate(wait), request)
    }
    // A sender's question about this address is answered also when nothing can be stored.
    if checks?.senders.isEmpty ?? true, let problem = obstacle(workflow.trigger) { return refuse(problem, request) }
    let limit = min(workflow.trigger.bodyLimit ?? bodyLimit, bodyLimit)
    return .read(limit: limit) { body, answer in
      self.respond(request, entry: entry, workflow: workflow, parameters: parameters, body: body, answer)
    }
  }

  /// Why nothing can be admitted now.
  private func obstacle(_ trigger: Trigger) -> Problem? {
    if let problem = gate.problem, !isOutage(for: trigger) { return .unavailable(problem) }
    return trigger.mode == .sync && inbox.isFull ? .tooManyCallers : nil
  }

  /// Then the journal gives its own promise, whatever was wrong with Redis before it went.
  private func isOutage(for trigger: Trigger) -> Bool {
    journal != nil && trigger.mode == .async && admissions.isAway && gate.wasLookedAt
  }

  private func refuse(_ problem: Problem, _ request: IncomingRequest) -> HeadVerdict {
    .answer(problem.answer(requestID: request.requestID))
  }

  // MARK: the whole request

  private func respond(
    _ request: IncomingRequest, entry: CatalogEntry, workflow: Workflow,
    parameters: [(name: String, value: String)], body: ByteBuffer, _ answer: @escaping @Sendable (HTTPAnswer) -> Void
  ) {
    do {
      var parts = WebhookParts(
        entry: entry, workflow: workflow, parameters: parameters, body: Array(body.readableBytesView),
        contentType: request.facts.contentType)
      if let checks = workflow.trigger.checks as? WebhookChecks, !checks.senders.isEmpty {
        if let reply = try verify(request, &parts, checks) { return answer(HTTPAnswer(reply)) }
        if let problem = obstacle(workflow.trigger) { throw problem }
      }
      let webhook = try IncomingWebhook(request, parts)
      let scope = WebhookScope(webhook, environment: environment)
      try webhook.checkSchema(scope)
      if let condition = workflow.trigger.when, try !condition.evaluate(scope) {
        metrics.ignored.increment()
        var ignored = HTTPAnswer.json(200, "{\"ignored\":true}")
        ignored.audit.outcome = .ignored
        return answer(ignored)
      }
      guard workflow.trigger.mode == .sync else { return try admitAndConfirm(webhook, scope, answer) }
      let preference = Preference(request.headers, trigger: workflow.trigger)
      if preference.respondsAsync { return try admitAndConfirm(webhook, scope, answer) }
      try admitAndWait(webhook, scope, preference).whenSuccess(answer)
    } catch {
      let problem = error as? Problem ?? .malformed("\(error)", check: .template)
      answer(problem.answer(requestID: request.requestID))
    }
  }

  // MARK: asynchronous

  private func admitAndConfirm(
    _ webhook: IncomingWebhook, _ scope: WebhookScope, _ answer: @escaping @Sendable (HTTPAnswer) -> Void
  ) throws {
    let confirmation: Confirmation
    do { confirmation = try Confirmation(webhook, scope) } catch {
      throw Problem.malformed("The answer of this workflow cannot be made: \(error)", check: .template)
    }
    let execution = webhook.execution(
      token: .random(), inbox: nil, priority: webhook.workflow.queuePriority,
      conditions: try webhook.conditions(scope), lanes: try webhook.lanes(scope))
    if let journal, admissions.isAway || webhook.workflow.order != nil && journal.isPending {
      return journal.append(execution) { result in
        self.eventLoop.execute {
          switch result {
          case .success(let id):
            self.metrics.admitted.increment()
            answer(confirmation.answer(id: id, at: self.address))
          case .failure(let error): answer(self.answer(to: error, webhook))
          }
        }
      }
    }
    admissions.admit(execution) { result in
      switch result {
      case .success(.admitted(let id)):
        self.metrics.admitted.increment()
        answer(confirmation.answer(id: id, at: self.address))
      case .success(.duplicate(let id)):
        self.metrics.duplicates.increment()
        answer(confirmation.answer(id: id, at: self.address).replayed)
      case .success(let admission): answer(self.refusal(admission, webhook))
      case .failure(let error): answer(self.answer(to: error, webhook))
      }
    }
  }

  // MARK: synchronous

  /// The future never fails.
  private func admitAndWait(
    _ webhook: IncomingWebhook, _ scope: WebhookScope, _ preference: Preference
  ) throws -> EventLoopFuture<HTTPAnswer> {
    if webhook.workflow.order != nil, journal?.isPending == true { throw Problem.behindJournal }
    let conditions = try webhook.conditions(scope)
    let lanes = try webhook.lanes(scope)
    let token = ExecutionToken.random()
    // The waiter is there before the execution is: the reply may be faster than the answer to the admission.
    guard let reply = inbox.wait(for: token, on: eventLoop) else { throw Problem.tooManyCallers }
    webhook.request.whenGone = { [inbox] in inbox.forget(token) }
    let execution = webhook.execution(
      token: token, inbox: inbox.name, priority: .high, conditions: conditions, lanes: lanes)
    return admissions.admit(execution).flatMap { admission -> EventLoopFuture<HTTPAnswer> in
      switch admission {
      case .admitted(let id):
        self.metrics.admitted.increment()
        self.inbox.admitted(id, admissions: self.admissions)
        return self.wait(for: reply, token, id: id, webhook, preference)
      case .duplicate(let id):
        self.metrics.duplicates.increment()
        return self.waitForFirst(reply, token, id: id, webhook, preference)
      default:
        self.inbox.forget(token)
        return self.eventLoop.makeSucceededFuture(self.refusal(admission, webhook))
      }
    }
    .flatMapErrorThrowing { error in
      self.inbox.forget(token)
      return self.answer(to: error, webhook)
    }
  }

  private func wait(
    for reply: EventLoopFuture<ExecutionOutcome?>, _ token: ExecutionToken, id: ExecutionID,
    _ webhook: IncomingWebhook, _ preference: Preference
  ) -> EventLoopFuture<HTTPAnswer> {
    let alarm = eventLoop.scheduleTask(in: preference.patience) { self.inbox.forget(token) }
    return reply.always { _ in alarm.cancel() }.map { outcome in
      outcome?.answer(id: id, requestID: webhook.request.requestID) ?? self.late(id, webhook, preference)
    }
  }

  /// A repeated webhook gets the answer of the first one, which may still be in work.
  private func waitForFirst(
    _ reply: EventLoopFuture<ExecutionOutcome?>, _ token: ExecutionToken, id: ExecutionID,
    _ webhook: IncomingWebhook, _ preference: Preference
  ) -> EventLoopFuture<HTTPAnswer> {
    FirstOutcome(id: id, admissions: admissions, inbox: inbox, token: token).follow().flatMap {
      self.wait(for: reply, token, id: id, webhook, preference).map(\.replayed)
    }
  }

  private func late(_ id: ExecutionID, _ webhook: IncomingWebhook, _ preference: Preference) -> HTTPAnswer {
    if !webhook.request.isGone { metrics.deadlines.increment() }
    let accepted = ExecutionOutcome.accepted(id: id, at: address)
    if preference.asksAsync { return accepted.preferred }
    return preference.acceptsLate || webhook.workflow.trigger.onTimeout == .accepted
      ? accepted
      : Problem.deadline.answer(requestID: webhook.request.requestID, executionID: id.description)
  }

  /// For what was not admitted.
  private func refusal(_ admission: Admission, _ webhook: IncomingWebhook) -> HTTPAnswer {
    let problem: Problem =
      switch admission {
      case .overRate(let wait): brakes.slowDown(webhook, for: TimeAmount(wait), now: eventLoop.now)
      case .noWorker: .noWorker
      case .backlogFull, .admitted, .duplicate: .backlogFull
      }
    return problem.answer(requestID: webhook.request.requestID)
  }

  private func answer(to error: any Error, _ webhook: IncomingWebhook) -> HTTPAnswer {
    let requestID = webhook.request.requestID
    guard let error = error as? QueueError else {
      return Problem.unavailable("The webhook could not be stored.", check: .admission).answer(requestID: requestID)
    }
    gate.report(error)
    let detail =
      switch error.kind {
      case .full: "The queue's memory is full; send the webhook again later."
      case .unavailable, .refused, .corrupt: "The webhook could not be stored; send it again."
      }
    return Problem.unavailable(detail, check: .admission).answer(requestID: requestID)
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

extension Problem {
  fileprivate static let tooManyCallers = Problem.unavailable(
    "Too many synchronous callers wait already.", retryAfter: 1)

  /// Its caller would wait for a Redis that may be away for long yet.
  fileprivate static let behindJournal = Problem.unavailable(
    "Webhooks that came before, and go before in the order of this workflow, still wait in the journal.", retryAfter: 1,
    check: .admission)
}
