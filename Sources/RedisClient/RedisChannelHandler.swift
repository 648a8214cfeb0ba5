// The life of one socket to Redis: commands of a turn go out in one flush, replies find their commands in order.

import NIOCore

/// Lives and is used on its channel's event loop only. Ends once, for whatever reason, and then fails what is pending.
final class RedisChannelHandler: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer
  typealias OutboundOut = ByteBuffer

  /// Where we are connected to, for messages.
  private let address: String
  /// Whether to hang up on a server that turns out to be a replica, so that the primary is looked for.
  private let endsAtReplica: Bool
  /// Called once, before the pending commands fail: whoever sends again from there must find the connection away.
  private var onEnd: ((RedisError) -> Void)?

  private var context: ChannelHandlerContext?
  private let reader = HiredisReader()
  private var pending: PendingCommands
  private var confirmations = ReplicaConfirmations()
  private var end: RedisError?

  /// What this turn's commands have become so far.
  private var outgoing = ByteBuffer()
  private var isFlushPlanned = false
  /// Read once a turn: a clock for each command would cost more than it tells.
  private var turnStart = NIODeadline.uptimeNanoseconds(0)

  private var check: Scheduled<Void>?
  private var checkTime: NIODeadline?
  private var lastRead = NIODeadline.uptimeNanoseconds(0)
  /// Whether the oldest command is overdue and spared, because a reply was on its way in.
  private var isSpared = false
  /// How long a reply that has begun may stand still.
  private static let longestStall = TimeAmount.seconds(2)

  init(
    address: String, limits: PendingCommands.Limits = .init(), endsAtReplica: Bool = false,
    onEnd: @escaping (RedisError) -> Void
  ) {
    self.address = address
    self.endsAtReplica = endsAtReplica
    self.onEnd = onEnd
    pending = PendingCommands(limits: limits)
  }

  func handlerAdded(context: ChannelHandlerContext) { self.context = context }

  func handlerRemoved(context: ChannelHandlerContext) {
    finish(with: lost("the connection was closed"))
    self.context = nil
  }

  // MARK: Sending

  func send(
    _ command: RedisCommand, call: ScriptCall? = nil, timeout: TimeAmount, replicas: ReplicaWait? = nil,
    reply: EventLoopPromise<RedisValue>
  ) {
    guard end == nil, let context else { return reply.fail(end ?? lost("the connection was closed")) }
    if let refusal = pending.refusal { return reply.fail(refusal) }
    planFlush(on: context.eventLoop)
    transmit(command, call: call, deadline: turnStart + timeout, replicas: replicas, reply: reply)
  }

  private func transmit(
    _ command: RedisCommand, call: ScriptCall? = nil, deadline: NIODeadline, replicas: ReplicaWait? = nil,
    reply: EventLoopPromise<RedisValue>
  ) {
    do throws(RedisError) {
      let size = try command.write(to: &outgoing)
      pending.append(PendingCommand(reply: reply, deadline: deadline, size: size, call: call, replicas: replicas))
      planCheck()
    } catch {
      reply.fail(error)
    }
  }

  private func planFlush(on eventLoop: any EventLoop) {
    guard !isFlushPlanned else { return }
    isFlushPlanned = true
    turnStart = eventLoop.now
    eventLoop.assumeIsolated().execute {
      self.isFlushPlanned = false
      self.flush()
    }
  }

  func flush() {
    guard end == nil, let context, outgoing.readableBytes > 0 else { return }
    context.writeAndFlush(wrapOutboundOut(outgoing), promise: nil)
    // Written out at once as a rule; then the memory is ours alone again and is used for the next turn.
    if outgoing.capacity > Self.keptCapacity { outgoing = ByteBuffer() } else { outgoing.clear() }
  }

  private static let keptCapacity = 1 << 20

  // MARK: Receiving

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    var bytes = unwrapInboundIn(data)
    lastRead = context.eventLoop.now
    do throws(RedisError) {
      while end == nil, let piece = bytes.readSlice(length: min(bytes.readableBytes, HiredisReader.largestPiece)),
        piece.readableBytes > 0
      {
        try feed(piece)
      }
    } catch {
      finish(with: error)
    }
  }

  private func feed(_ piece: ByteBuffer) throws(RedisError) {
    try piece.withUnsafeReadableBytes { bytes throws(RedisError) in try reader.feed(bytes) }
    while end == nil, let reply = try reader.next() { deliver(reply) }
  }

  func channelReadComplete(context: ChannelHandlerContext) {
    awaitReplicas()
    planCheck()
    context.fireChannelReadComplete()
  }

  private func deliver(_ value: RedisValue) {
    guard let command = pending.popFirst() else {
      return finish(with: RedisError(kind: .protocolViolation, message: "\(address) sent a reply nobody asked for"))
    }
    guard case .error(let error) = value else {
      guard let replicas = command.replicas else { return command.reply.succeed(value) }
      return confirmations.add(
        .init(value: value, reply: command.reply, deadline: command.deadline, replicas: replicas))
    }
    if error.isFarewell || endsAtReplica && error.saysReplica {
      command.reply.fail(error)
      return finish(with: error)
    }
    if error.kind == .noScript, let call = command.call, let context {
      planFlush(on: context.eventLoop)
      transmit(
        call.commandWithSource(), deadline: command.deadline, replicas: command.replicas, reply: command.reply)
    } else {
      command.reply.fail(error)
    }
  }

  /// Only now, when the writes have been done on this very socket: WAIT speaks of what its own client wrote before it.
  private func awaitReplicas() {
    guard end == nil, let eventLoop = context?.eventLoop, let round = confirmations.next() else { return }
    let answer = eventLoop.makePromise(of: RedisValue.self)
    answer.futureResult.assumeIsolated().whenComplete { result in
      self.confirmations.answered()
      for write in round.writes { self.conclude(write, with: result) }
    }
    planFlush(on: eventLoop)
    let milliseconds = max(1, round.patience.nanoseconds / 1_000_000)
    transmit(
      RedisCommand("WAIT", "\(round.count)", "\(milliseconds)"),
      deadline: max(round.deadline, turnStart + round.patience + .seconds(1)), reply: answer)
  }

  private func conclude(_ write: ReplicaConfirmations.Write, with result: Result<RedisValue, any Error>) {
    switch result {
    case .success(let count) where count.int ?? 0 >= write.replicas.count: write.reply.succeed(write.value)
    case .success(let count):
      let message = "\(address) has it, but \(count.int ?? 0) of \(write.replicas.count) replicas have confirmed it"
      write.reply.fail(RedisError(kind: .noReplicas, message: message))
    case .failure(let error): write.reply.fail(error)
    }
  }

  // MARK: Deadlines

  private func planCheck() {
    guard !isSpared, let time = pending.nextCheck(planned: checkTime) else { return }
    planCheck(at: time)
  }

  private func planCheck(at time: NIODeadline) {
    guard let context else { return }
    check?.cancel()
    checkTime = time
    check = context.eventLoop.assumeIsolated().scheduleTask(deadline: time) { self.checkDeadlines() }
  }

  private func checkDeadlines() {
    check = nil
    checkTime = nil
    guard let context else { return }
    let isOverdue = pending.isOverdue(at: context.eventLoop.now)
    let patience = lastRead + Self.longestStall
    isSpared = isOverdue && (isSpared || reader.isMidway) && context.eventLoop.now < patience
    if isSpared { return planCheck(at: patience) }
    guard isOverdue else { return planCheck() }
    finish(
      with: RedisError(
        kind: .timeout, message: "\(address) did not answer in time; whether the command ran is unknown"))
  }

  // MARK: The end

  func channelInactive(context: ChannelHandlerContext) {
    finish(with: lost("the server closed the connection"))
    context.fireChannelInactive()
  }

  func errorCaught(context: ChannelHandlerContext, error: any Error) {
    finish(with: lost(ConnectFailure.text(of: error)))
  }

  /// Closes the socket. Pending commands fail with `cause` if it is about them all; after a deadline only the overdue
  /// ones fail with `timeout` and those behind them with `disconnected`.
  func finish(with cause: RedisError) {
    guard end == nil else { return }
    end = cause
    check?.cancel()
    check = nil
    let abandoned = pending.removeAll()
    let unconfirmed = confirmations.removeAll()
    onEnd?(cause)
    onEnd = nil
    let now = context?.eventLoop.now ?? .uptimeNanoseconds(0)
    context?.close(promise: nil)
    let others = cause.kind == .closed || cause.kind == .disconnected ? cause : lost(cause.message)
    for command in abandoned {
      command.reply.fail(cause.kind == .timeout && command.deadline <= now ? cause : others)
    }
    for write in unconfirmed { write.reply.fail(others) }
  }

  private func lost(_ reason: String) -> RedisError {
    RedisError(kind: .disconnected, message: "lost the connection to \(address): \(reason)")
  }
}
