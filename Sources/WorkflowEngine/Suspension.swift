// What an execution waits for while nobody runs it.

package struct Suspension: Sendable, Equatable {
  /// Milliseconds since 1970 by the queue's clock.
  package var until: Int64
  /// Callbacks that let it go on before.
  package var callbacks: [String]

  package init(until: Int64, callbacks: [String] = []) {
    self.until = until
    self.callbacks = callbacks
  }

  /// Goes on with whichever comes first.
  func or(_ other: Suspension?) -> Suspension {
    guard let other else { return self }
    return Suspension(until: min(until, other.until), callbacks: callbacks + other.callbacks)
  }
}
