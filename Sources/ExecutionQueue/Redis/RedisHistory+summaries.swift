// What lists show of executions: records without what may be large in them, webhook, outcome and what nodes came to.

import RedisClient

extension RedisHistory {
  private static let summaryFields = [
    RecordField.entry, RecordField.state, RecordField.workflow, RecordField.epoch, RecordField.crashes,
    RecordField.began, RecordField.finished, RecordField.message, RecordField.dead, RecordField.redriven,
  ]

  /// In the order of the ids; nil for those that are no longer kept, or that no worker has begun.
  package func summaries(_ ids: [ExecutionID]) async throws(QueueError) -> [ExecutionRecord?] {
    let records = try await summaries(of: ids.map(\.token))
    return zip(ids, records).map { id, record in record?.id == id ? record : nil }
  }

  func summaries(of tokens: [ExecutionToken]) async throws(QueueError) -> [ExecutionRecord?] {
    guard !tokens.isEmpty else { return [] }
    let answers = try await run(
      tokens.map { token in
        var command = RedisCommand("HMGET", keys.record(token))
        for field in Self.summaryFields { command.append(field) }
        return command
      })
    var records = zip(tokens, answers).map { token, answer in summary(of: token, answer.array ?? []) }
    // A message of more than 64 KB lies in a key of its own, and leaves an empty field.
    for index in records.indices where records[index]?.message == "" {
      let large = RedisCommand("GET", keys.record(tokens[index]) + ":" + RecordField.message)
      records[index]?.message = try await run(large).text ?? ""
    }
    return records
  }

  private func summary(of token: ExecutionToken, _ values: [RedisValue]) -> ExecutionRecord? {
    guard let entry = values.first?.text.flatMap({ EntryID($0) }) else { return nil }
    let id = ExecutionID(partition: keys.partition, entry: entry, token: token)
    return ExecutionRecord(id: id, fields: Array(zip(Self.summaryFields, values)))
  }
}
