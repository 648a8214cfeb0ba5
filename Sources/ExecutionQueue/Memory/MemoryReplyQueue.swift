// The reply inbox of the memory queue.

import Synchronization

struct MemoryReplyQueue: ReplyQueue {
  let queue: MemoryQueue
  let inbox: String

  func replies(waiting wait: Duration) async throws(QueueError) -> [QueuedReply] {
    await queue.look(waiting: wait) { state in
      defer { if state.inboxes[inbox] != nil { state.inboxes[inbox] = [] } }
      return state.inboxes[inbox] ?? []
    }
  }

  func keepOpen() async throws(QueueError) {
    queue.state.withLock { $0.inboxes[inbox, default: []] += [] }
  }

  func close() async throws(QueueError) {
    _ = queue.state.withLock { $0.inboxes.removeValue(forKey: inbox) }
  }
}
