// The senders of webhooks: a steady rate over kept-alive connections. Nothing is ever sent again, but for deliveries
// that are sent several times at once on purpose.

import NIOCore
import NIOHTTP1
import NIOPosix
import Synchronization

final class Senders: Sendable {
  struct Plan: Sendable {
    let seed: UInt64
    /// Asynchronous and synchronous webhooks a second.
    let rate: Double
    let synchronousRate: Double
    let workflows: [TortureWorkflow]
    /// The balancer.
    let port: Int
  }

  /// The free connections of one kind of webhooks.
  private struct Pool {
    var free: [any Channel] = []
    var open = 0
    let most: Int
  }

  private struct State {
    var pools: [Bool: Pool]
    var chance: Chance
    var launched = (asynchronous: 0, synchronous: 0)
    var next: UInt32 = 1
    /// Webhooks of one order key go one after the other, so that their order is known.
    var busyKeys: Set<Int> = []
    var flying = 0
    var isStopped = false
  }

  private static let orderKeys = 64
  private static let tick = TimeAmount.milliseconds(5)

  let book = SenderBook()
  private let plan: Plan
  private let clock: RunClock
  private let begin: Moment
  private let loop: any EventLoop
  private let state: Mutex<State>

  static func start(_ plan: Plan, clock: RunClock, on loop: any EventLoop) -> Senders {
    let senders = Senders(plan, clock: clock, on: loop)
    loop.scheduleRepeatedTask(initialDelay: tick, delay: tick) { task in
      if senders.isStopped { task.cancel() } else { senders.launch() }
    }
    return senders
  }

  private init(_ plan: Plan, clock: RunClock, on loop: any EventLoop) {
    self.plan = plan
    self.clock = clock
    self.loop = loop
    begin = clock.now
    // Enough for a second without an answer; a synchronous caller may wait five.
    let pools = [
      false: Pool(most: max(32, Int(plan.rate))), true: Pool(most: max(16, Int(plan.synchronousRate * 6))),
    ]
    state = Mutex(State(pools: pools, chance: Chance(seed: plan.seed, 1)))
  }

  private var isStopped: Bool { state.withLock { $0.isStopped } }

  /// Sends nothing more and waits for the answers that are due.
  func stop() async throws {
    state.withLock { $0.isStopped = true }
    while state.withLock({ $0.flying }) > 0 { try await Task.sleep(for: .milliseconds(20)) }
    for channel in state.withLock({ $0.pools.values.flatMap(\.free) }) { channel.close(promise: nil) }
  }

  // MARK: Sending

  private func launch() {
    let elapsed = clock.now - begin
    var (asynchronous, synchronous) = (0, 0)
    state.withLock { state in
      asynchronous = Int(elapsed * plan.rate) - state.launched.asynchronous
      synchronous = Int(elapsed * plan.synchronousRate) - state.launched.synchronous
      state.launched.asynchronous += asynchronous
      state.launched.synchronous += synchronous
    }
    for _ in 0..<synchronous { send(.sync) }
    for _ in 0..<asynchronous { send(choose()) }
    for isSynchronous in [false, true] { fill(isSynchronous) }
  }

  private func choose() -> TortureWorkflow {
    let total = plan.workflows.reduce(0) { $0 + $1.share }
    var left = state.withLock { $0.chance.number(0...max(0, total - 1)) }
    for workflow in plan.workflows {
      left -= workflow.share
      if left < 0 { return workflow }
    }
    return .steps
  }

  private func send(_ workflow: TortureWorkflow) {
    let isSynchronous = workflow == .sync
    var sending: [(any Channel, Webhook)] = []
    state.withLock { state in
      let key = state.chance.number(0...Self.orderKeys - 1)
      let copies = workflow == .once ? state.chance.number(1...3) : 1
      guard let free = state.pools[isSynchronous]?.free.count, free >= copies,
        workflow != .ordered || state.busyKeys.insert(key).inserted
      else {
        book.note { $0.heldBack += 1 }
        return
      }
      let webhook = Webhook(workflow: workflow, n: state.next, key: key, sent: clock.now)
      book.launched(webhook)
      state.next += 1
      state.flying += copies
      for _ in 0..<copies {
        if let channel = state.pools[isSynchronous]?.free.removeFirst() { sending.append((channel, webhook)) }
      }
    }
    book.note { $0.sent += sending.count }
    for (channel, webhook) in sending {
      guard channel.isActive else {
        broken(webhook)
        continue
      }
      channel.writeAndFlush(webhook).whenFailure { _ in channel.close(promise: nil) }
    }
  }

  // MARK: Connections

  /// Opens connections until there are enough; a few at a time, since ingests may be away.
  private func fill(_ isSynchronous: Bool) {
    let missing = state.withLock { state in
      guard var pool = state.pools[isSynchronous] else { return 0 }
      let missing = min(4, pool.most - pool.open)
      pool.open += missing
      state.pools[isSynchronous] = pool
      return missing
    }
    for _ in 0..<missing { open(isSynchronous) }
  }

  private func open(_ isSynchronous: Bool) {
    let connected = ClientBootstrap(group: loop)
      .channelOption(.socketOption(.tcp_nodelay), value: 1)
      .channelInitializer { [self] channel in
        channel.eventLoop.makeCompletedFuture {
          try channel.pipeline.syncOperations.addHandlers(
            RawRequestEncoder(), ByteToMessageHandler(HTTPResponseDecoder()), SenderHandler(senders: self))
        }
      }
      .connect(host: "127.0.0.1", port: plan.port)
    connected.whenSuccess { channel in
      self.isFree(channel, synchronous: isSynchronous)
      channel.closeFuture.whenComplete { _ in self.gone(channel, isSynchronous) }
    }
    connected.whenFailure { _ in self.state.withLock { $0.pools[isSynchronous]?.open -= 1 } }
  }

  func isFree(_ channel: any Channel, synchronous: Bool) {
    let isStopped = state.withLock { state in
      if !state.isStopped { state.pools[synchronous]?.free.append(channel) }
      return state.isStopped
    }
    if isStopped { channel.close(promise: nil) }
  }

  private func gone(_ channel: any Channel, _ isSynchronous: Bool) {
    state.withLock { state in
      state.pools[isSynchronous]?.open -= 1
      state.pools[isSynchronous]?.free.removeAll { $0 === channel }
    }
  }

  // MARK: Answers

  func answered(_ webhook: Webhook, status: Int, execution: String?, body: String) {
    book.answered(webhook, status: status, execution: execution, body: body, at: clock.now)
    landed(webhook)
  }

  func broken(_ webhook: Webhook) {
    book.note { $0.broken += 1 }
    landed(webhook)
  }

  func hanging(_ webhook: Webhook) {
    book.note { $0.hanging += 1 }
    landed(webhook)
  }

  private func landed(_ webhook: Webhook) {
    state.withLock { state in
      state.flying -= 1
      if webhook.workflow == .ordered { state.busyKeys.remove(webhook.key) }
    }
  }
}
