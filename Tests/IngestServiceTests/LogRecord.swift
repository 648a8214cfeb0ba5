// What has been logged, for tests of what may be logged how often.

import Logging
import Synchronization

final class LogRecord: Sendable {
  private let lines = Mutex<[(text: String, count: Int)]>([])

  var logger: Logger { Logger(label: "test") { _ in Handler(record: self) } }

  /// Lines that begin so.
  func lines(_ text: String) -> Int { lines.withLock { $0.count { $0.text.hasPrefix(text) } } }

  /// The sum of what these lines say under `count`.
  func sum(_ text: String) -> Int {
    lines.withLock { lines in lines.reduce(0) { $1.text.hasPrefix(text) ? $0 + $1.count : $0 } }
  }

  private struct Handler: LogHandler {
    let record: LogRecord
    var metadata: Logger.Metadata = [:]
    var logLevel = Logger.Level.info
    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
      get { metadata[key] }
      set { metadata[key] = newValue }
    }
    func log(event: LogEvent) {
      let count = event.metadata?["count"].flatMap { Int("\($0)") } ?? 0
      record.lines.withLock { $0.append(("\(event.message)", count)) }
    }
  }
}
