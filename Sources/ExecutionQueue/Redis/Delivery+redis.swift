// Stream entries as deliveries, and begin's answers as leases.

import NIOCore
import RedisClient

extension Delivery {
  /// Nil when a field is missing: the entry was not written by admit.
  convenience init?(_ priority: Priority, entry: EntryID, fields: RedisValue) {
    var token: ExecutionToken?
    var workflow: String?
    var payload: ByteBuffer?
    var inbox: String?
    for (name, value) in fields.fieldPairs {
      switch name {
      case EntryField.token: token = value.text.flatMap { ExecutionToken($0) }
      case EntryField.workflow: workflow = value.text
      case EntryField.payload: payload = value.bytes
      case EntryField.inbox: inbox = value.text
      default: break
      }
    }
    guard let token, let workflow, let payload else { return nil }
    self.init(
      priority: priority, entry: entry, token: token, workflow: workflow, inbox: inbox, payload: payload)
  }
}

/// An entry as Redis gave it.
struct StreamRow {
  let priority: Priority
  let entry: RedisValue
  let fields: RedisValue

  /// The answer of XREADGROUP: `[[stream, [[entry, fields], …]], …]`, or null when nothing came.
  static func list(in answer: RedisValue, keys: QueueKeys) -> [StreamRow] {
    let priorities = Dictionary(uniqueKeysWithValues: Priority.allCases.map { (keys.stream($0), $0) })
    var rows: [StreamRow] = []
    for stream in (answer.array ?? []).compactMap(\.array) where stream.count == 2 {
      guard let priority = stream[0].text.flatMap({ priorities[$0] }) else { continue }
      for entry in (stream[1].array ?? []).compactMap(\.array) where entry.count == 2 {
        rows.append(StreamRow(priority: priority, entry: entry[0], fields: entry[1]))
      }
    }
    return rows
  }

  /// The answer of the scripts: `[[stream number, entry, fields], …]`.
  static func list(in answer: RedisValue) -> [StreamRow] {
    (answer.array ?? []).compactMap { row in
      guard let row = row.array, row.count == 3, let number = row[0].int,
        let priority = Priority(streamNumber: Int(number))
      else { return nil }
      return StreamRow(priority: priority, entry: row[1], fields: row[2])
    }
  }
}

extension Lease {
  /// Nil when the script answered that the entry is not this worker's.
  convenience init?(delivery: Delivery, partition: Int, answer: RedisValue) {
    let id = ExecutionID(partition: partition, entry: delivery.entry, token: delivery.token)
    if let epoch = answer.int {
      guard epoch > 0 else { return nil }
      self.init(id: id, delivery: delivery, epoch: Int(epoch), crashes: 0, replied: false, checkpoint: [])
      return
    }
    guard let row = answer.array, row.count == 2, let epoch = row[0].int,
      let record = ExecutionRecord(id: id, fields: row[1].fieldPairs)
    else { return nil }
    self.init(
      id: id, delivery: delivery, epoch: Int(epoch), crashes: record.crashes, replied: record.reply != nil,
      checkpoint: record.fields)
  }
}
