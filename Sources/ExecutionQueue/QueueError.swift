// Why the queue could not do what it was asked: few kinds, because callers only choose between waiting and refusing.

package struct QueueError: Error, Sendable, CustomStringConvertible {
  package enum Kind: Sendable, Equatable {
    /// Redis is away, starting or too slow; the outcome of a write is unknown.
    case unavailable
    /// Redis is at its memory limit.
    case full
    /// Redis refuses: wrong password, read-only replica, failing disk.
    case refused
    /// An answer that this version does not understand.
    case corrupt
  }

  package let kind: Kind
  package let message: String

  package init(_ kind: Kind, _ message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}
