// Callbacks: of several that come to one address the first counts, and the workflow goes on with it.

extension Check {
  /// A callback that is accepted is taken by the node that waits, however late: the address is closed by the same script
  /// that looks whether something has come. So one that was told "it counts" needs no excuse.
  static let callbacks = Check(name: "callbacks lost or counted twice") { evidence in
    evidence.callbacks.flatMap { key, callbacks -> [String] in
      guard callbacks.accepted.count <= 1 else {
        return ["\(key) accepted \(callbacks.accepted) at one address"]
      }
      guard !callbacks.accepted.isEmpty || callbacks.repeated > 0 else { return [] }
      // The answer of the first may have been lost with its connection.
      if callbacks.accepted.isEmpty, callbacks.uncertain == 0 {
        return ["\(key) answered \(callbacks.repeated) callbacks as repetitions of none"]
      }
      let possible = callbacks.accepted.isEmpty ? callbacks.sent : Set(callbacks.accepted)
      return evidence.calls(of: key).map(\.call).filter { $0.step == 1 && !possible.contains($0.from) }
        .map { "\(key) went on with \($0.from) at \($0.at.shown) instead of \(possible.sorted())" }
    }
  }
}
