// What is said of something that keeps failing.

import Logging
import ProcessSupport
import Synchronization

/// One line when something begins to fail.
struct Complaint {
  private let logger: Logger
  private let text: Logger.Message
  private var isMade = false

  init(_ logger: Logger, _ text: Logger.Message) {
    self.logger = logger
    self.text = text
  }

  mutating func make(_ error: any Error) {
    if !isMade { logger.warning(text, metadata: ["error": "\(error)"]) }
    isMade = true
  }

  mutating func withdraw() {
    isMade = false
  }
}

/// For what may fail in all executions of a worker at once: a line, and then one in half a minute with their number.
final class SharedComplaint: Sendable {
  private let logger: Logger
  private let text: Logger.Message
  private let pace = Mutex(LogPace(.seconds(30)))

  init(_ logger: Logger, _ text: Logger.Message) {
    self.logger = logger
    self.text = text
  }

  func make(_ error: any Error) {
    guard let count = pace.withLock({ $0.due(adding: 1) }) else { return }
    logger.warning(text, metadata: ["error": "\(error)", "count": "\(count)"])
  }
}
