// Stream entries as deliveries, and begin's answers as leases.

import NIOCore
import RedisClient

extension Delivery {
  /// Nil when a field is missing: the entry was not written by a script of ours.
  convenience init?(_ priority: Priority, entry: EntryID, fields: RedisValue, crashes: Int = 0) {
    var token: ExecutionToken?
    var workflow: String?
    var payload: ByteBuffer?
    var origin: EntryID?
    var inbox: String?
    var crashes = crashes
    for (name, value) in fields.fieldPairs {
      switch name {
      case EntryField.token: token = value.text.flatMap { ExecutionToken($0) }
      case EntryField.workflow: workflow = value.text
      // A copy: the slice would keep the bytes of all that came with it for as long as the execution runs.
      case EntryField.payload: payload = value.bytes.map { ByteBuffer(bytes: $0.readableBytesView) }
      case EntryField.inbox: inbox = value.text
      case EntryField.origin: origin = value.text.flatMap { EntryID($0) }
      case EntryField.crashes: crashes = max(crashes, value.text.flatMap { Int($0) } ?? 0)
      default: break
      }
    }
    guard let token, let workflow, payload != nil || origin != nil else { return nil }
    self.init(
      priority: priority, entry: entry, token: token, workflow: workflow, inbox: inbox, payload: payload,
      origin: origin, crashes: crashes)
  }
}

/// An entry as Redis gave it.
struct StreamRow {
  let priority: Priority
  let entry: RedisValue
  let fields: RedisValue
  /// -1 for one that has become a dead letter.
  var crashes = 0

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

  /// The answer of the scripts: `[[stream number, entry, fields, perhaps crashes], …]`.
  static func list(in answer: RedisValue) -> [StreamRow] {
    (answer.array ?? []).compactMap { row in
      guard let row = row.array, row.count >= 3, let number = row[0].int,
        let priority = Priority(streamNumber: Int(number))
      else { return nil }
      let crashes = row.count > 3 ? Int(row[3].int ?? 0) : 0
      return StreamRow(priority: priority, entry: row[1], fields: row[2], crashes: crashes)
    }
  }
}

/// What begin says of one delivery.
enum Beginning {
  case lease(Lease)
  case lost
  /// What lies under its token is no record of it.
  case unreadable
  /// There was no room for it in the answer.
  case later

  init(delivery: Delivery, partition: Int, now: Int64, answer: RedisValue) {
    let id = ExecutionID(partition: partition, entry: delivery.origin ?? delivery.entry, token: delivery.token)
    if let epoch = answer.int {
      guard epoch > 0, let payload = delivery.payload else {
        self = epoch == 0 ? .lost : epoch == -2 ? .later : .unreadable
        return
      }
      let since = Int64(clamping: id.entry.milliseconds)
      self = .lease(Lease(id: id, delivery: delivery, epoch: Int(epoch), payload: payload, now: now, since: since))
      return
    }
    guard let row = answer.array, row.count == 2, let epoch = row[0].int,
      let record = ExecutionRecord(id: id, fields: row[1].fieldPairs),
      let payload = delivery.payload ?? record.payload.map({ ByteBuffer(bytes: $0) })
    else {
      self = .unreadable
      return
    }
    self = .lease(
      Lease(
        id: id, delivery: delivery, epoch: Int(epoch), crashes: record.crashes, replied: record.reply != nil,
        checkpoint: record.fields, arrivals: record.arrivals, payload: payload, now: now,
        since: record.redriven ?? Int64(clamping: id.entry.milliseconds)))
  }
}
