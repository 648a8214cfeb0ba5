// Schemas may describe trees of any depth, but one that applies itself to the same value again would never end.

enum SchemaCycles {
  private enum State {
    case new, open, done
  }

  /// Walks along what applies to the same value; depth is no matter, as chains of references can be long.
  static func refuse(in nodes: [SchemaNode]) throws(JSONSchemaProblem) {
    var states = Array(repeating: State.new, count: nodes.count)
    for start in nodes.indices where states[start] == .new {
      var way = [(node: start, next: nodes[start].appliedToSameValue[...])]
      states[start] = .open
      while let node = way.last?.node {
        guard let other = way[way.count - 1].next.popFirst() else {
          states[node] = .done
          way.removeLast()
          continue
        }
        switch states[other] {
        case .done: continue
        case .open:
          throw JSONSchemaProblem("applies itself to the same value again, without end", at: nodes[other].pointer)
        case .new:
          states[other] = .open
          way.append((other, nodes[other].appliedToSameValue[...]))
        }
      }
    }
  }
}

extension SchemaNode {
  fileprivate var appliedToSameValue: [Int] {
    [rules.target].compactMap(\.self) + (rules.combined?.rules.applied ?? [])
      + (rules.objects?.rules.dependencies.compactMap(\.schema) ?? [])
  }
}
