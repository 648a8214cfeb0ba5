// What the model check does from a worker's side: it takes, begins, checkpoints, settles, lets wait and hands back, with
// leases of now and of long ago.

import NIOCore
import RedisClient

@testable import ExecutionQueue

extension ModelWalk {
  private func calls(_ worker: String) -> DeliveryCalls {
    DeliveryCalls(connection: redis.connection, keys: redis.keys, worker: worker, replication: Replication())
  }

  static func text(_ deliveries: [Delivery]) -> String {
    deliveries.map {
      "\($0.priority) \($0.entry) \($0.token) \($0.workflow) \($0.inbox ?? "-") \($0.payload?.readableBytes ?? -1) "
        + "\($0.origin?.description ?? "-") \($0.crashes)"
    }.joined(separator: ", ")
  }

  private func hold(_ deliveries: [Delivery], _ worker: String) {
    // The answer that brought them may be lost.
    guard chance(95) else { return }
    held += deliveries.map { Held(worker: worker, delivery: $0) }
    if held.count > 200 { held.removeFirst(100) }
  }

  func take(_ worker: String) {
    let (priority, limit) = (pick(Priority.allCases), 1 + below(4))
    let taken = state.take([priority], limit: limit, for: worker)
    hold(taken, worker)
    let keys = redis.keys
    let answer = redis.send([
      "XREADGROUP", "GROUP", QueueKeys.group, worker, "COUNT", "\(limit)", "STREAMS", keys.stream(priority), ">",
    ])
    expect("take", of: taken.map(\.token), Self.text(taken), answer) { answer in
      Self.text(
        StreamRow.list(in: answer, keys: keys).compactMap { row in
          row.entry.text.flatMap { EntryID($0) }.flatMap { Delivery(row.priority, entry: $0, fields: row.fields) }
        })
    }
  }

  func rescue(_ worker: String) {
    let limit = 1 + below(12)
    let rescued = state.rescue(limit: limit, for: worker)
    hold(rescued, worker)
    let answer = redis.connection.call(.rescue, keys: redis.keys.streams + [redis.keys.workers, redis.keys.steady]) {
      for word in [redis.keys.prefix, QueueKeys.group, worker] { $0.append(word) }
      $0.append(limit)
      $0.append(QueueKeys.handedBack)
      // The living have beaten far ahead.
      for number in [1_000_000_000_000, 3, 30 * 86_400_000] { $0.append(number) }
      $0.append("its worker died 3 times while it ran")
    }
    expect("rescue", of: rescued.map(\.token), Self.text(rescued), answer) { answer in
      Self.text(
        StreamRow.list(in: answer).filter { $0.crashes >= 0 }.compactMap { row in
          row.entry.text.flatMap { EntryID($0) }.flatMap {
            Delivery(row.priority, entry: $0, fields: row.fields, crashes: row.crashes)
          }
        })
    }
  }

  func begin(_ worker: String) {
    let places = some(of: worker, atMost: 4, begun: false)
    guard !places.isEmpty else { return }
    again {
      var expected: [String] = []
      for place in places {
        let lease = state.begin(held[place].delivery, by: worker)
        held[place].lease = lease
        expected.append(Self.text(lease))
      }
      let answer = calls(worker).begin(places.map { held[$0].delivery })
      let tokens = places.map { held[$0].delivery.token }
      expect("begin", of: tokens, expected.joined(separator: "; "), answer.map { .status(Self.text($0)) })
    }
  }

  private static func text(_ beginnings: [Beginning]) -> String {
    beginnings.map { beginning in
      switch beginning {
      case .lease(let lease): text(lease)
      case .lost: text(nil)
      case .unreadable: "unreadable"
      case .later: "later"
      }
    }.joined(separator: "; ")
  }

  private static func text(_ lease: Lease?) -> String {
    guard let lease else { return "lost" }
    let fields = lease.checkpoint.sorted { $0.path < $1.path }.map { "\($0.path)=\(ModelKeyspace.text($0.bytes))" }
    let arrivals = lease.arrivals.sorted { $0.key < $1.key }.map { "\($0.key)=\(ModelKeyspace.text($0.value))" }
    return "\(lease.id) \(lease.epoch) \(lease.crashes) \(lease.replied) \(fields) \(arrivals) "
      + "\(lease.payload.readableBytes) \(lease.now) \(lease.since)"
  }

  private func fields() -> [CheckpointField] {
    (0..<below(3)).map { _ in CheckpointField(path: "n\(below(3))", bytes: bytes()) }
  }

  private func verdicts(_ verdicts: [Bool]) -> String { verdicts.map { $0 ? "1" : "0" }.joined() }

  private func expect(
    _ name: String, of leases: [Lease], _ expected: [Bool], _ answer: EventLoopFuture<[Bool]>
  ) {
    let text = answer.map { RedisValue.status($0.map { $0 ? "1" : "0" }.joined()) }
    expect(name, of: leases.map(\.id.token), verdicts(expected), text)
  }

  func checkpoint(_ worker: String) {
    let leases = some(of: worker, atMost: 3, begun: true).compactMap { held[$0].lease }
    guard !leases.isEmpty else { return }
    let items = leases.map { (lease: $0, fields: fields(), callbacks: chance(40) ? [pick(["1", "2"])] : []) }
    let isReply = chance(20)
    again {
      if isReply {
        let expected = items.map { state.reply($0.lease, [1]) }
        let calls = items.map { CheckpointItem(lease: $0.lease, fields: [(RecordField.reply, [1])]) }
        return expect("reply", of: leases, expected, self.calls(worker).checkpoint(calls))
      }
      let expected = items.map { state.checkpoint($0.lease, $0.fields, callbacks: $0.callbacks) }
      let calls = items.map { item in
        CheckpointItem(
          lease: item.lease,
          fields: item.fields.map { (RecordField.checkpoint + $0.path, $0.bytes) }
            + item.callbacks.map { (RecordField.callback + $0, Array("open".utf8)) })
      }
      expect("checkpoint", of: leases, expected, self.calls(worker).checkpoint(calls))
    }
  }

  func settle(_ worker: String) {
    let items = some(of: worker, atMost: 3, begun: true).compactMap { held[$0].lease }.map { lease in
      let state = pick([ExecutionState.succeeded, .failed, .error, .timedOut])
      let keep: Duration = chance(50) ? .zero : .milliseconds(Self.long)
      return SettleItem(
        lease: lease,
        settlement: Settlement(
          state: state, message: chance(30) ? "why" : nil, output: chance(50) ? bytes() : nil,
          reply: chance(30) ? bytes() : nil, fields: fields(), keep: keep,
          dead: state != .succeeded && keep > .zero && chance(50) ? .failed : nil))
    }
    guard !items.isEmpty else { return }
    again {
      let expected = items.map { state.settle($0.lease, $0.settlement) }
      expect("settle", of: items.map(\.lease), expected, calls(worker).settle(items))
    }
  }

  func suspend(_ worker: String) {
    let items = some(of: worker, atMost: 3, begun: true).compactMap { held[$0].lease }.map { lease in
      SuspendItem(
        lease: lease,
        wait: Wait(
          until: state.now + Int64(below(200)) - 20, callbacks: ["1", "2"].filter { _ in chance(40) }, fields: fields())
      )
    }
    guard !items.isEmpty else { return }
    again {
      let expected = items.map { state.suspend($0.lease, $0.wait) }
      expect("suspend", of: items.map(\.lease), expected, calls(worker).suspend(items))
    }
  }

  func close(_ worker: String) {
    guard let lease = some(of: worker, atMost: 1, begun: true).first.flatMap({ held[$0].lease }) else { return }
    let callback = pick(["1", "2"])
    again {
      let expected =
        switch state.close(lease, callback: callback) {
        case .lost: "0"
        case .closed: "1"
        case .arrived(let bytes): "came " + ModelKeyspace.text(bytes)
        }
      let answer = redis.connection.call(.closeCallback, keys: [redis.keys.record(lease.id.token)]) {
        $0.append(redis.keys.prefix)
        $0.append(lease.id.token.description)
        $0.append(lease.epoch)
        $0.append(callback)
      }
      expect("close", of: [lease.id.token], expected, answer) { answer in
        if case .integer(let number) = answer {
          "\(number)"
        } else {
          "came " + ModelKeyspace.text(answer.byteArray ?? [])
        }
      }
    }
  }

  func handBack(_ worker: String) {
    guard let one = some(of: worker, atMost: 1, begun: nil).first.map({ held[$0] }) else { return }
    again {
      let expected = state.handBack(one.delivery, lease: one.lease, by: worker)
      let keys = [redis.keys.stream(one.delivery.priority), redis.keys.record(one.delivery.token)]
      let answer = redis.connection.call(.handBack, keys: keys) {
        for word in [QueueKeys.group, worker, one.delivery.entry.description] { $0.append(word) }
        $0.append(one.lease?.epoch ?? 0)
        $0.append(QueueKeys.handedBack)
      }
      expect("hand-back", of: [one.delivery.token], expected ? "1" : "0", answer)
    }
  }
}
