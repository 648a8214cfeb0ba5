// Finds an execution: its record if a worker has begun it, else its entry in one of the streams.

import NIOCore
import RedisClient

struct RecordLookup: Sendable {
  let connection: RedisConnection
  let keys: QueueKeys

  func record(of id: ExecutionID, detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    guard id.partition == keys.partition else { return connection.eventLoop.makeSucceededFuture(nil) }
    return held(id, detail).flatMap { held -> EventLoopFuture<ExecutionRecord?> in
      if let held, held.state != .queued { return connection.eventLoop.makeSucceededFuture(held) }
      return queued(id, detail, beside: held).flatMap { queued in
        // Begun and settled between the two reads: then its record is there now.
        if let queued { return connection.eventLoop.makeSucceededFuture(queued) }
        return self.held(id, detail)
      }
    }
    .flatMapErrorThrowing { throw QueueError(redis: $0) }
  }

  private static let outcomeFields = [
    RecordField.workflow, RecordField.entry, RecordField.state, RecordField.message, RecordField.output,
    RecordField.reply, RecordField.large,
  ]

  private func held(_ id: ExecutionID, _ detail: RecordDetail) -> EventLoopFuture<ExecutionRecord?> {
    switch detail {
    case .everything: return whole(id)
    case .outcome:
      var command = RedisCommand("HMGET", keys.record(id.token))
      for field in Self.outcomeFields { command.append(field) }
      return connection.send(command).flatMap { answer in
        complete(Array(zip(Self.outcomeFields, answer.array ?? [])), of: id)
      }
    }
  }

  /// Reads what lies in keys of its own: of the fields here alone, because callers that wait look again and again, and
  /// the rest of the record may be many megabytes. Nil when the record has gone meanwhile.
  private func complete(_ fields: [(String, RedisValue)], of id: ExecutionID) -> EventLoopFuture<ExecutionRecord?> {
    let large = (fields.first { $0.0 == RecordField.large }?.1.text ?? "").split(separator: "\n").map(String.init)
    let elsewhere = fields.indices.filter { fields[$0].1.bytes?.readableBytes == 0 && large.contains(fields[$0].0) }
    guard !elsewhere.isEmpty else {
      return connection.eventLoop.makeSucceededFuture(ExecutionRecord(id: id, fields: fields))
    }
    let reads = elsewhere.map { connection.send(RedisCommand("GET", "\(keys.record(id.token)):\(fields[$0].0)")) }
    return EventLoopFuture.whenAllSucceed(reads, on: connection.eventLoop).map { values in
      guard values.allSatisfy({ !$0.isNull }) else { return nil }
      var fields = fields
      for (index, value) in zip(elsewhere, values) { fields[index].1 = value }
      return ExecutionRecord(id: id, fields: fields)
    }
  }

  private func whole(_ id: ExecutionID) -> EventLoopFuture<ExecutionRecord?> {
    connection.call(.records, keys: [keys.stream(.high)]) { command in
      command.append(keys.prefix)
      command.append(id.token.description)
    }
    .map { answer in answer.array?.first.flatMap { ExecutionRecord(id: id, fields: $0.fieldPairs) } }
  }

  /// The payload only when it is asked for: callers that wait are looked after every second.
  private func queued(
    _ id: ExecutionID, _ detail: RecordDetail, beside held: ExecutionRecord?
  ) -> EventLoopFuture<ExecutionRecord?> {
    switch detail {
    case .everything: entry(id, beside: held)
    case .outcome:
      connection.call(.find, keys: keys.streams) { command in
        command.append(id.entry.description)
        command.append(id.token.description)
      }
      .map { answer in
        answer.text.map { held ?? ExecutionRecord(id: id, workflow: $0, state: .queued) }
      }
    }
  }

  private func entry(_ id: ExecutionID, beside held: ExecutionRecord?) -> EventLoopFuture<ExecutionRecord?> {
    let reads = keys.streams.map { stream in
      connection.send(RedisCommand("XRANGE", stream, id.entry.description, id.entry.description))
    }
    return EventLoopFuture.whenAllSucceed(reads, on: connection.eventLoop).map { answers in
      for entry in answers.compactMap({ $0.array?.first?.array }) where entry.count == 2 {
        let fields = entry[1].fieldPairs
        guard fields.first(where: { $0.0 == EntryField.token })?.1.text == id.token.description else { continue }
        let workflow = fields.first { $0.0 == EntryField.workflow }?.1.text ?? ""
        var record = held ?? ExecutionRecord(id: id, workflow: workflow, state: .queued)
        record.payload = fields.first { $0.0 == EntryField.payload }?.1.bytes.map { Array($0.readableBytesView) }
        return record
      }
      return nil
    }
  }
}

/// The fields of a stream entry, as admit writes them.
enum EntryField {
  static let token = "t"
  static let workflow = "w"
  static let payload = "p"
  static let inbox = "r"
  static let origin = "o"
  static let crashes = "c"
}

extension RedisValue {
  /// `[name, value, name, value, …]` as pairs.
  var fieldPairs: [(String, RedisValue)] {
    guard let array else { return [] }
    return stride(from: 0, to: array.count - 1, by: 2).map { (array[$0].text ?? "", array[$0 + 1]) }
  }

  /// The bytes of a bulk string as an array.
  var byteArray: [UInt8]? { bytes.map { Array($0.readableBytesView) } }
}

extension ExecutionRecord {
  /// Nil when the fields are not those of a record of this execution.
  init?(id: ExecutionID, fields: [(String, RedisValue)]) {
    let named = Dictionary(fields.map { ($0.0, $0.1) }) { first, _ in first }
    guard let state = named[RecordField.state]?.text.flatMap(ExecutionState.init(rawValue:)),
      named[RecordField.entry]?.text == id.entry.description
    else { return nil }
    self.init(id: id, workflow: named[RecordField.workflow]?.text ?? "", state: state)
    epoch = Int(named[RecordField.epoch]?.text ?? "") ?? 0
    crashes = Int(named[RecordField.crashes]?.text ?? "") ?? 0
    began = named[RecordField.began]?.text.flatMap { Int64($0) }
    finished = named[RecordField.finished]?.text.flatMap { Int64($0) }
    message = named[RecordField.message]?.text
    output = named[RecordField.output]?.byteArray
    reply = named[RecordField.reply]?.byteArray
    payload = named[RecordField.payload]?.byteArray
    dead = named[RecordField.dead]?.text.flatMap(DeadLetterReason.init(rawValue:))
    redriven = named[RecordField.redriven]?.text.flatMap { Int64($0) }
    for (name, value) in fields {
      guard let bytes = value.byteArray else { continue }
      if name.hasPrefix(RecordField.checkpoint) {
        let path = String(name.dropFirst(RecordField.checkpoint.count))
        self.fields.append(CheckpointField(path: path, bytes: bytes))
      } else if name.hasPrefix(RecordField.arrival) {
        arrivals[String(name.dropFirst(RecordField.arrival.count))] = bytes
      }
    }
  }
}
