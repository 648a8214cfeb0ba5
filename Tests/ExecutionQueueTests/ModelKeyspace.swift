// The whole state as a text for each key of Redis: as Redis has it, and as the model says that it must be.

import NIOCore
import RedisClient

@testable import ExecutionQueue

struct ModelKeyspace {
  private(set) var keys: [String: String] = [:]

  /// Says little about long values.
  static func text(_ bytes: [UInt8]) -> String {
    bytes.count > 60
      ? "\(bytes.count) bytes of \(bytes.first ?? 0)" : String(decoding: bytes, as: UTF8.self)
  }

  /// What is different, a line each.
  func differences(from other: ModelKeyspace) -> [String] {
    Set(keys.keys).union(other.keys.keys).sorted().compactMap { key in
      keys[key] == other.keys[key]
        ? nil : "\(key): \(keys[key] ?? "nothing") instead of \(other.keys[key] ?? "nothing")"
    }
  }

  private mutating func set(_ key: String, _ parts: [String]) {
    if !parts.isEmpty { keys[key] = parts.joined(separator: " ") }
  }

  private mutating func set(_ key: String, _ parts: [String: String]) {
    set(key, parts.map { "\($0)=\($1)" }.sorted())
  }
}

// MARK: As the model has it

extension ModelKeyspace {
  init(_ state: MemoryQueue.State, _ names: QueueKeys) {
    for (priority, stream) in zip(Priority.allCases, state.streams) {
      set(
        names.stream(priority),
        stream.map { entry in
          let workflow = state.executions[entry.token]?.record.workflow ?? ""
          return [
            "\(entry.id)", "t=\(entry.token)", "w=\(workflow)", entry.payload.map { "p=\(Self.text($0))" },
            entry.origin.map { "o=\($0)" }, entry.inbox.map { "r=\($0)" },
            entry.crashes > 0 ? "c=\(entry.crashes)" : nil, entry.holder.map { "@\($0)" },
          ].compactMap(\.self).joined(separator: ",")
        })
    }
    for (token, execution) in state.executions where execution.record.epoch > 0 || execution.record.payload != nil {
      set(names.record(token), Self.fields(execution))
    }
    set(names.due, Dictionary(uniqueKeysWithValues: state.due.map { ("\($0)", "\($1)") }))
    let parked = state.lanes.values.flatMap(\.parked).map { ("\($0)", "\(state.executions[$0]?.turn ?? 0)") }
    set(names.parked, Dictionary(uniqueKeysWithValues: parked))
    set(names.patience, Dictionary(uniqueKeysWithValues: state.patience.map { ("\($0)", "\($1)") }))
    for (name, lane) in state.lanes {
      set(names.held(name), lane.held.map(\.description).sorted())
      let parked = lane.parked.map { ("\($0)", "\(state.executions[$0]?.turn ?? 0)") }
      set(names.parked(name), Dictionary(uniqueKeysWithValues: parked))
    }
    set(names.lanes, state.limits.mapValues { "\($0)" })
    set(names.canceled, Dictionary(uniqueKeysWithValues: state.canceled.map { ("\($0)", "\($1)") }))
    for (workflow, counts) in state.counts {
      set(names.counts(workflow), Dictionary(uniqueKeysWithValues: counts.map { ($0.rawValue, "\($1)") }))
    }
    for (name, taken) in state.names {
      set(names.first(name), [name.hasPrefix("#") ? "1" : "\(taken.id.entry) \(taken.id.token)"])
    }
    for (name, last) in state.rates { set(names.rate(name), ["\(last)"]) }
    var history: [String: [String: String]] = [:]
    for record in state.executions.values.map(\.record) where record.state.isFinal {
      let mention = ("\(record.id.entry)-\(record.id.token)", "\(record.finished ?? 0)")
      history[names.history(record.workflow, record.state), default: [:]][mention.0] = mention.1
      if record.dead != nil { history[names.dead, default: [:]][mention.0] = mention.1 }
    }
    for (key, mentions) in history { set(key, mentions) }
  }

  private static func fields(_ execution: MemoryQueue.Execution) -> [String: String] {
    let record = execution.record
    var fields: [String: String?] = [
      "st": record.state.rawValue, "wf": record.workflow, "id": "\(record.id.entry)",
      "ep": record.epoch > 0 ? "\(record.epoch)" : nil, "crashes": record.crashes > 0 ? "\(record.crashes)" : nil,
      "at": record.began.map { "\($0)" }, "fin": record.finished.map { "\($0)" }, "msg": record.message,
      "out": record.output.map(text), "rep": record.reply.map(text), "in": record.payload.map(text),
      "dead": record.dead?.rawValue, "again": record.redriven.map { "\($0)" },
      "sq": execution.turn > 0 ? "\(execution.turn)" : nil, "r": execution.inbox,
      "to": execution.timeout.map { "\($0)" },
      "wake": execution.awaited.isEmpty ? nil : execution.awaited.joined(separator: ","),
      "expires": execution.expires == nil ? nil : "yes",
    ]
    for field in record.fields { fields["n:\(field.path)"] = text(field.bytes) }
    for (callback, isOpen) in execution.callbacks { fields["cb:\(callback)"] = isOpen ? "open" : "closed" }
    for (callback, bytes) in record.arrivals { fields["cv:\(callback)"] = text(bytes) }
    return fields.compactMapValues(\.self)
  }
}

// MARK: As Redis has it

extension ModelKeyspace {
  private static let passedOver: Set<String> = ["workers", "steady", "seq", "clock", "entries"]
  private static let internalFields: Set<String> = ["pr", "g", "gi", "td", "cur", "big"]

  /// Every key with its type, the time that it has left, and all that it holds.
  private static let dump = RedisScript(
    name: "dump",
    source: """
      #!lua flags=no-writes
      local readers = {
        hash = function(key) return redis.call('HGETALL', key) end,
        zset = function(key) return redis.call('ZRANGE', key, 0, -1, 'WITHSCORES') end,
        set = function(key) return redis.call('SMEMBERS', key) end,
        string = function(key) return redis.call('GET', key) end,
        stream = function(key)
          return {redis.call('XRANGE', key, '-', '+'), redis.call('XPENDING', key, 'workers', '-', '+', 10000)}
        end,
      }
      local out = {}
      for _, key in ipairs(redis.call('KEYS', '*')) do
        local kind = redis.call('TYPE', key).ok
        out[#out + 1] = {key, kind, redis.call('PTTL', key), readers[kind](key)}
      end
      return out
      """)

  init(_ redis: ModelRedis) async throws {
    let names = redis.keys
    let rows = (try await redis.connection.run(Self.dump, keys: [names.lanes]).array ?? []).compactMap(\.array)
    var records: [String: [String: String]] = [:]
    // A record comes before its large values.
    for row in rows.sorted(by: { ($0[0].text ?? "") < ($1[0].text ?? "") }) {
      let (key, data) = (row[0].text ?? "", row[3])
      if Self.passedOver.contains(String(key.dropFirst(names.prefix.count))) { continue }
      if key.hasPrefix(names.recordPrefix) {
        Self.read(key, names, data, expires: (row[2].int ?? -1) > 0, into: &records)
        continue
      }
      switch row[1].text {
      case "stream": set(key, Self.stream(data))
      case "zset":
        set(
          key,
          Dictionary(uniqueKeysWithValues: data.fieldPairs.map { ($0, "\(Int64(Double($1.text ?? "") ?? 0))") }))
      case "set": set(key, (data.array ?? []).compactMap(\.text).sorted())
      case "hash": set(key, Dictionary(uniqueKeysWithValues: data.fieldPairs.map { ($0, $1.text ?? "") }))
      default: set(key, [data.text ?? ""])
      }
    }
    for (key, fields) in records { set(key, fields) }
  }

  private static func read(
    _ key: String, _ names: QueueKeys, _ data: RedisValue, expires: Bool, into records: inout [String: [String: String]]
  ) {
    let parts = key.dropFirst(names.recordPrefix.count).split(separator: ":", maxSplits: 1).map(String.init)
    let record = names.recordPrefix + parts[0]
    guard parts.count == 1 else {
      if records[record] == nil { records[record] = ["without": parts[1]] }
      if records[record]?[parts[1]] == "" { records[record]?[parts[1]] = text(data.byteArray ?? []) }
      if (records[record]?["expires"] != nil) != expires { records[record]?["expires of \(parts[1])"] = "\(expires)" }
      return
    }
    var fields: [String: String] = expires ? ["expires": "yes"] : [:]
    for (name, value) in data.fieldPairs where !internalFields.contains(name) {
      fields[name] = text(value.byteArray ?? [])
    }
    fields["wake"] = fields["wake"].flatMap { $0.isEmpty ? nil : $0.replacing(" ", with: ",") }
    records[record] = fields
  }

  private static func stream(_ data: RedisValue) -> [String] {
    let pending = (data.array?.last?.array ?? []).compactMap(\.array)
    let holders = Dictionary(uniqueKeysWithValues: pending.map { ($0[0].text ?? "", $0[1].text ?? "") })
    return (data.array?.first?.array ?? []).compactMap(\.array).map { row in
      let fields = Dictionary(uniqueKeysWithValues: row[1].fieldPairs.map { ($0, text($1.byteArray ?? [])) })
      let known = ["t", "w", "p", "o", "r", "c"].compactMap { name in fields[name].map { "\(name)=\($0)" } }
      let id = row[0].text ?? ""
      return ([id] + known + (holders[id].map { ["@\($0)"] } ?? [])).joined(separator: ",")
    }
  }
}
