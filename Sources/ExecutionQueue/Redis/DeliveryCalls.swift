// The batched script calls of a worker: all that its executions begin, checkpoint or settle in one event-loop turn.

import NIOCore
import ProcessSupport
import RedisClient

struct CheckpointItem: Sendable {
  let lease: Lease
  let fields: [(name: String, bytes: [UInt8])]
}

struct SettleItem: Sendable {
  let lease: Lease
  let settlement: Settlement
}

struct SuspendItem: Sendable {
  let lease: Lease
  let wait: Wait
}

struct DeliveryCalls: Sendable {
  let connection: RedisConnection
  let keys: QueueKeys
  let worker: String
  let replication: Replication

  func begin(_ batch: [Delivery]) -> EventLoopFuture<[Beginning]> {
    connection.call(.begin, keys: keys.streams) { command in
      command.append(keys.prefix)
      command.append(QueueKeys.group)
      command.append(worker)
      for delivery in batch {
        command.append(delivery.priority.streamNumber)
        command.append(delivery.entry.description)
        command.append(delivery.token.description)
        command.append(delivery.workflow)
        command.append(delivery.origin?.description ?? "")
      }
    }
    .flatMapThrowing { answer in
      guard let answers = answer.array, answers.count == batch.count + 1, let now = answers[0].int else {
        throw QueueError(.corrupt, "unexpected answer of the begin script")
      }
      return zip(batch, answers.dropFirst()).map { delivery, answer in
        Beginning(delivery: delivery, partition: keys.partition, now: now, answer: answer)
      }
    }
  }

  func checkpoint(_ batch: [CheckpointItem]) -> EventLoopFuture<[Bool]> {
    connection.call(.checkpoint, keys: [keys.stream(.high)], replicas: replication.wait) { command in
      command.append(keys.prefix)
      for item in batch {
        command.append(item.lease.id.token.description)
        command.append(item.lease.epoch)
        command.append(fields: item.fields)
      }
    }
    .flatMapThrowing { try Self.verdicts($0, count: batch.count) }
  }

  func settle(_ batch: [SettleItem]) -> EventLoopFuture<[Bool]> {
    connection.call(.settle, keys: keys.streams, replicas: replication.wait) { command in
      command.append(keys.prefix)
      command.append(QueueKeys.group)
      for item in batch {
        let delivery = item.lease.delivery
        let keep = item.retention
        command.append(delivery.priority.streamNumber)
        command.append(delivery.entry.description)
        command.append(delivery.token.description)
        command.append(item.lease.epoch)
        command.append(item.settlement.state.rawValue)
        command.append(keep.milliseconds)
        command.append(keep.withPayload ? 1 : 0)
        command.append(item.dead?.rawValue ?? "")
        command.append(fields: item.fields)
      }
    }
    .flatMapThrowing { try Self.verdicts($0, count: batch.count) }
  }

  func suspend(_ batch: [SuspendItem]) -> EventLoopFuture<[Bool]> {
    connection.call(.suspend, keys: keys.streams, replicas: replication.wait) { command in
      command.append(keys.prefix)
      command.append(QueueKeys.group)
      for item in batch {
        let delivery = item.lease.delivery
        command.append(delivery.priority.streamNumber)
        command.append(delivery.entry.description)
        command.append(delivery.token.description)
        command.append(item.lease.epoch)
        command.append(item.wait.until)
        command.append(item.wait.callbacks.joined(separator: " "))
        command.append(delivery.inbox ?? "")
        command.append(fields: item.wait.fields.map { (RecordField.checkpoint + $0.path, $0.bytes) })
      }
    }
    .flatMapThrowing { try Self.verdicts($0, count: batch.count) }
  }

  private static func verdicts(_ answer: RedisValue, count: Int) throws -> [Bool] {
    guard let answers = answer.array, answers.count == count else {
      throw QueueError(.corrupt, "unexpected answer of a queue script")
    }
    return answers.map { $0.int == 1 }
  }
}

extension SettleItem {
  /// A caller may come for its reply a little later, whatever the workflow keeps.
  private static let replyRetention: Int64 = 60_000

  var retention: (milliseconds: Int64, withPayload: Bool) {
    let keep = settlement.keep.milliseconds
    if keep > 0 { return (keep, true) }
    return (lease.delivery.inbox == nil ? 0 : Self.replyRetention, false)
  }

  /// What is not kept cannot be redriven.
  var dead: DeadLetterReason? { settlement.keep > .zero ? settlement.dead : nil }

  var fields: [(name: String, bytes: [UInt8])] {
    var fields: [(name: String, bytes: [UInt8])] = []
    if let message = settlement.message { fields.append((RecordField.message, Array(message.utf8))) }
    if let output = settlement.output { fields.append((RecordField.output, output)) }
    if let reply = settlement.reply { fields.append((RecordField.reply, reply)) }
    guard settlement.keep > .zero else { return fields }
    return fields + settlement.fields.map { (RecordField.checkpoint + $0.path, $0.bytes) }
  }
}

extension RedisCommand {
  mutating func append(fields: [(name: String, bytes: [UInt8])]) {
    append(fields.count)
    for field in fields {
      append(field.name)
      append(field.bytes)
    }
  }
}
