// The life of one runner as its socket sees it: it becomes ready, answers one call after another, and ends once.

import NIOCore
import ProcessSupport

/// Lives and is used on its channel's event loop only.
final class RunnerHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  private enum Phase {
    case starting
    case idle
    case running(RunningCall)
    case ended
  }

  /// Why a runner ends.
  enum End {
    /// It is ended by us, and its call gets this.
    case failure(ScriptFailure)
    /// The process is gone; its status tells why.
    case vanished
    /// Nothing is wrong, but another one is better now.
    case retired
  }

  private let owner: ScriptRunners
  private let child: ChildProcess
  private var runner: ScriptRunner?
  private var context: ChannelHandlerContext?

  private var phase = Phase.starting
  private var lastNumber: UInt32 = 0
  private var scripts: KnownScripts
  private var received = FrameSplitter()
  private var outgoing = ByteBuffer()
  private var watch: RunnerWatch?
  private var startDeadline: Scheduled<Void>?

  init(owner: ScriptRunners, child: ChildProcess) {
    self.owner = owner
    self.child = child
    scripts = KnownScripts(capacity: owner.configuration.scripts)
  }

  /// Comes before anything else.
  func attach(_ runner: ScriptRunner) { self.runner = runner }

  func handlerAdded(context: ChannelHandlerContext) {
    self.context = context
    startDeadline = context.eventLoop.assumeIsolated().scheduleTask(in: .seconds(10)) {
      self.end(.failure(ScriptFailure(.unavailable, "it was not ready in 10s")))
    }
  }

  func handlerRemoved(context: ChannelHandlerContext) {
    end(.vanished)
    self.context = nil
  }

  // MARK: Calls

  /// Only the pool gives calls, and only to a runner that is idle for it.
  func start(_ call: PendingCall) {
    guard case .idle = phase, let runner, let context else { return owner.submit(call) }
    guard call.begin(on: runner) else { return takeNext() }
    lastNumber &+= 1
    let running = RunningCall(call, number: lastNumber, configuration: owner.configuration)
    running.write(to: &outgoing, scripts: &scripts)
    phase = .running(running)
    watch?.began(running)
    context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
    // Written out at once as a rule; then the memory is ours alone again and is used for the next call.
    if outgoing.capacity > Self.keptCapacity { outgoing = ByteBuffer() } else { outgoing.clear() }
    if let watch, watch.isDue() { planLook(in: context) }
  }

  private static let keptCapacity = 1 << 20

  /// Gives up a call that nobody waits for any more.
  func abandon(_ call: PendingCall) {
    if case .running(let running) = phase, running.call === call { end(.failure(.cancelled)) }
  }

  private func takeNext() {
    if let runner, let next = owner.nextCall(for: runner) { start(next) }
  }

  // MARK: Replies

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    received.add(unwrapInboundIn(data))
    do throws(MalformedReply) {
      while let frame = try received.next(limit: owner.configuration.longestReply) {
        try take(RunnerReply(frame), length: frame.readableBytes)
      }
    } catch {
      end(.failure(error.failure))
    }
  }

  private func take(_ reply: RunnerReply, length: Int) throws(MalformedReply) {
    switch (phase, reply) {
    case (.starting, .ready):
      startDeadline?.cancel()
      watch = RunnerWatch(process: child.processIdentifier, configuration: owner.configuration)
      guard watch != nil else { throw MalformedReply(message: "its memory cannot be seen in /proc") }
      phase = .idle
      if let runner, let next = owner.firstCall(for: runner) { start(next) }
    case (.running(let running), .results(let number, let outcome)) where number == running.number:
      try running.check(outcome)
      phase = .idle
      let isWorn = watch?.isWorn(after: running, replyLength: length) ?? false
      // The runner gets its next call before the caller gets his answer.
      if !isWorn { takeNext() }
      running.call.settle(.success(running.told(outcome)))
      if isWorn { end(.retired) }
    case (.ended, _):
      break
    default:
      throw MalformedReply(message: "it sent a reply that nobody asked for")
    }
  }

  // MARK: Limits

  private func planLook(in context: ChannelHandlerContext) {
    watch?.lookPlanned()
    context.eventLoop.assumeIsolated().scheduleTask(in: RunnerWatch.interval) { self.look() }
  }

  private func look() {
    watch?.lookEnded()
    guard case .running(let running) = phase, let context else { return }
    if let failure = watch?.look(at: running) { return end(.failure(failure)) }
    planLook(in: context)
  }

  // MARK: The end

  func channelInactive(context: ChannelHandlerContext) {
    end(.vanished)
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    end(.vanished)
  }

  func end(_ cause: End) {
    guard let runner else { return }
    let before = phase
    phase = .ended
    self.runner = nil
    startDeadline?.cancel()
    child.kill()
    context?.close(promise: nil)
    switch (before, cause) {
    case (.starting, .failure(let failure)):
      owner.startEnded(runner, reason: failure.message)
    case (.starting, _):
      owner.startEnded(runner, reason: nil)
    case (.running(let running), .failure(let failure)):
      owner.remove(runner, isFault: false)
      running.call.settle(.failure(failure))
    case (.running(let running), _):
      owner.remove(runner, isFault: false)
      let (call, child) = (running.call, child)
      Task { call.settle(.failure(.crashed(await child.waitForExit()))) }
    case (.idle, .retired):
      owner.remove(runner, isFault: false)
    case (.idle, _):
      owner.remove(runner, isFault: true)
    case (.ended, _):
      break
    }
  }
}
