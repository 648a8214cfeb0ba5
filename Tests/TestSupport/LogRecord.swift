// What has been logged at info and above, for tests of what may be logged, and how often.

package import Logging
import Synchronization

package final class LogRecord: Sendable {
  package struct Line: Sendable {
    package let level: Logger.Level
    package let text: String
    /// What it says under `count`, 0 when it says nothing.
    package let count: Int
    package let time: ContinuousClock.Instant
  }

  private let record = Mutex<[Line]>([])

  package init() {}

  package var lines: [Line] { record.withLock { $0 } }
  package var warnings: [Line] { lines.filter { $0.level == .warning } }
  package var logger: Logger { Logger(label: "test") { _ in Handler(record: self) } }

  /// Those that begin so.
  package func lines(_ text: String) -> [Line] { lines.filter { $0.text.hasPrefix(text) } }

  /// What they count together.
  package func sum(_ text: String) -> Int { lines(text).map(\.count).reduce(0, +) }

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
      record.record.withLock {
        $0.append(Line(level: event.level, text: "\(event.message)", count: count, time: .now))
      }
    }
  }
}
