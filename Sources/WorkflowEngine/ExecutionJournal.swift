// The engine's way to durable ground: the worker implements it over the queue, tests and `millrace run` in memory.

package import Workflows

/// Durable and fenced: nothing is written for an execution that somebody else has taken over.
package protocol ExecutionJournal: Sendable {
  /// Keeps the records before it returns. When it throws, the runner stops and reports `.abandoned`.
  func checkpoint(_ records: [NodeRecord]) async throws
  /// The same, and from then on these callbacks may come.
  func checkpoint(_ records: [NodeRecord], callbacks: [String]) async throws
  /// Gives a callback up: nil when nobody has used it, and nobody can any more; else what came, as JSON.
  func close(callback: String) async throws -> [UInt8]?
  /// Reserves the next moment (milliseconds by the queue's clock) of a sequence that all executions share, with so many
  /// microseconds from one to the next.
  func reserve(_ name: String, spacing: Int64) async throws -> Int64
  /// Asked before every effect: throws when somebody else has taken the execution over, so that a process which stood
  /// still for a while does nothing on its return that was done elsewhere in the meantime.
  func confirm() async throws
  /// Asked at the last moment before a request leaves, on any thread: false when `confirm` would have to be asked again.
  var isConfirmed: Bool { get }
  /// Answers the waiting caller while the execution goes on (a `response` node with `end: false`).
  func reply(_ reply: Reply) async throws
}

extension ExecutionJournal {
  package func confirm() async throws {}
  package var isConfirmed: Bool { true }
}
