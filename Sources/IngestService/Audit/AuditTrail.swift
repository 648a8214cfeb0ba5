// The audit log as one event loop sees it: a record becomes a line in memory at once, and ten times a second, or when
// there are many, the lines go to the writer.

package import AuditLog
import NIOCore
import ProcessSupport

/// Sendable, because everything but `eventLoop` is touched on that event loop only, which `record` and `handOver`
/// check.
package final class AuditTrail: @unchecked Sendable {
  let eventLoop: any EventLoop
  private let writer: AuditWriter
  private var chunk = AuditChunk()
  private var stamp = AuditStamp()
  private var isHandOverDue = false

  /// How long a line stays here at most.
  static let patience: TimeAmount = .milliseconds(100)

  init(eventLoop: any EventLoop, writer: AuditWriter) {
    self.eventLoop = eventLoop
    self.writer = writer
  }

  package func record(_ record: borrowing AuditRecord) {
    eventLoop.assertInEventLoop()
    if !chunk.hasRoom { handOver() }
    // The disk is slower than the requests: these go on, the record does not.
    guard chunk.hasRoom else { return writer.drop(1) }
    chunk.append(record, at: stamp.bytes(at: WallClock.milliseconds))
    if !isHandOverDue { planHandOver() }
  }

  /// Gives away what is here; keeps it when the writer has no room.
  func handOver() {
    eventLoop.assertInEventLoop()
    guard !chunk.isEmpty, let empty = writer.exchange(chunk) else { return }
    chunk = empty
  }

  private func planHandOver() {
    isHandOverDue = true
    eventLoop.scheduleTask(in: Self.patience) { [self] in
      isHandOverDue = false
      handOver()
      // The writer had no room: nothing else may come that would try again.
      if !chunk.isEmpty { planHandOver() }
    }
  }
}
