// The commands of one connection that wait for their replies, oldest first: Redis answers in order.

package import NIOCore

/// A command that was sent.
struct PendingCommand {
  let reply: EventLoopPromise<RedisValue>
  let deadline: NIODeadline
  /// Bytes it took on the wire, to bound what lies in memory while Redis does not read.
  let size: Int
  /// Set for script calls, which are sent a second time if Redis has lost the script.
  let call: ScriptCall?
  let replicas: ReplicaWait?
}

/// The replicas that must have a write before it counts.
package struct ReplicaWait: Sendable, Equatable {
  let count: Int
  /// How long they may take.
  let patience: TimeAmount

  package init(count: Int, patience: TimeAmount) {
    self.count = count
    self.patience = patience
  }
}

/// First in, first out, bounded in number and bytes. Pure: it decides, the handler acts.
struct PendingCommands {
  struct Limits: Sendable {
    var count = 100_000
    var bytes = 256 << 20
  }

  private let limits: Limits
  private var commands = CircularBuffer<PendingCommand>(initialCapacity: 64)
  private(set) var bytes = 0

  init(limits: Limits = Limits()) { self.limits = limits }

  var count: Int { commands.count }

  /// Why nothing more may be sent now, or nil. A single command larger than the limit still goes out when it is alone.
  var refusal: RedisError? {
    guard commands.count >= limits.count || bytes >= limits.bytes else { return nil }
    return RedisError(
      kind: .busy, message: "\(commands.count) commands (\(bytes) bytes) wait for Redis already; try again later")
  }

  mutating func append(_ command: PendingCommand) {
    commands.append(command)
    bytes += command.size
  }

  mutating func popFirst() -> PendingCommand? {
    guard let command = commands.popFirst() else { return nil }
    bytes -= command.size
    return command
  }

  mutating func removeAll() -> CircularBuffer<PendingCommand> {
    defer {
      commands = CircularBuffer()
      bytes = 0
    }
    return commands
  }

  /// When the next look at the deadlines is due, if that is earlier than the look already planned. Only the oldest
  /// command counts: those behind it cannot be answered before it.
  func nextCheck(planned: NIODeadline?) -> NIODeadline? {
    guard let due = commands.first?.deadline else { return nil }
    guard let planned else { return due }
    return due < planned ? due : nil
  }

  func isOverdue(at now: NIODeadline) -> Bool {
    commands.first.map { $0.deadline <= now } ?? false
  }
}
