// What the model check does from the side of operators and of those who look after what waits.

import NIOCore
import RedisClient

@testable import ExecutionQueue

extension ModelWalk {
  func promote() {
    let limit = 1 + below(8)
    let (count, next) = state.promote(limit: limit)
    let answer = redis.connection.call(.promote, keys: [redis.keys.due]) {
      $0.append(redis.keys.prefix)
      $0.append(limit)
    }
    expect("promote", "[\(count), \(next ?? -1)]", answer)
  }

  func reserve() {
    let (name, spacing) = (pick(["x", "y"]), Int64(below(30_000)))
    let start = state.reserve(name, spacing: spacing)
    let answer = redis.connection.call(.reserve, keys: [redis.keys.due]) {
      $0.append(redis.keys.prefix)
      $0.append(name)
      $0.append(spacing)
    }
    expect("reserve", "[\((start + 999) / 1000), \(state.now)]", answer)
  }

  func tendLanes() {
    var limits: [String: Int?] = [:]
    for workflow in ["flow", "second", "third"] where chance(80) {
      limits[workflow] = .some(chance(40) ? nil : 1 + below(4))
    }
    state.tendLanes(limits)
    let answer = redis.connection.call(.tendLanes, keys: [redis.keys.lanes]) {
      $0.append(redis.keys.prefix)
      for (workflow, limit) in limits {
        $0.append(Lanes.name(of: workflow))
        $0.append(limit.map { "\($0)" } ?? "")
      }
    }
    expect("tend-lanes", "1", answer)
  }

  func cancel() {
    guard let id = ids.suffix(40).randomElement(using: &random) else { return }
    let keep = chance(50) ? 0 : Self.long
    again {
      state.inboxes["box"] = []
      let expected =
        switch state.cancel(id, message: "no", keep: keep) {
        case .canceled: "[OK, \((state.inboxes["box"] ?? []).isEmpty ? "" : "box")]"
        case .over(let state): "[OVER, \(state.rawValue)]"
        case .unknown: "[UNKNOWN]"
        }
      let answer = redis.connection.call(.cancel, keys: redis.keys.streams) {
        for word in [redis.keys.prefix, QueueKeys.group, id.token.description, id.entry.description] { $0.append(word) }
        $0.append(keep)
        $0.append("no")
      }
      expect("cancel", of: [id.token], expected, answer)
    }
  }

  func redrive() {
    let requests = ids.suffix(60).shuffled(using: &random).prefix(1 + below(3)).map { id in
      Redrive(id, from: pick([.failure, .beginning, .forgetting(["n0", "n2"])]))
    }
    let onlyDead = chance(50)
    again {
      let expected = requests.map { state.redrive($0, onlyDead: onlyDead).rawValue }
      let answer = redis.connection.call(.redrive, keys: [redis.keys.dead]) {
        $0.append(redis.keys.prefix)
        $0.append(onlyDead ? "dead" : "any")
        for request in requests {
          $0.append(request.id.token.description)
          $0.append(request.id.entry.description)
          $0.append(request.from.forgotten)
        }
      }
      expect("redrive", of: requests.map(\.id.token), "[\(expected.joined(separator: ", "))]", answer)
    }
  }
}
