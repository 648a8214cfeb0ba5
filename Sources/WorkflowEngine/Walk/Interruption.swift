// Why a walk stops in the middle of a node, with nothing said about the node itself.

enum Interruption: Error {
  /// The journal refused, or the task was cancelled.
  case abandoned(any Error)
  /// The execution's deadline passed.
  case deadline

  var outcome: Outcome {
    switch self {
    case .abandoned(let reason): .abandoned(reason: reason)
    case .deadline: .timedOut
    }
  }
}
