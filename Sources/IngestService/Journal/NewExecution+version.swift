// A webhook of the journal may name a version of its workflow that Redis has lost meanwhile.

import ExecutionQueue
import Workflows

extension NewExecution {
  /// The same with no higher version of its workflow than this: a store that was emptied counts from 1 again. Decided
  /// before the admission, so that the execution keeps one version all its life.
  func limited(toVersion highest: Int) -> NewExecution {
    // What cannot be read here cannot be read by a worker either, and ends there.
    guard var request = try? WebhookRequest(decoding: payload), request.version > highest else { return self }
    request.version = highest
    return NewExecution(
      token: token, workflow: workflow, priority: priority, payload: request.encoded(), inbox: inbox,
      conditions: conditions, lanes: lanes, entry: entry)
  }
}
