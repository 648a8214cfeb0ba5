// Turns a log event into one line and gives it away whole.

import Glibc
import Logging

struct LineLogHandler: LogHandler {
  var metadata: Logger.Metadata = [:]
  var metadataProvider: Logger.MetadataProvider?
  var logLevel: Logger.Level
  private let component: String
  private let format: LogFormat
  private let write: @Sendable ([UInt8]) -> Void

  init(
    component: String, format: LogFormat, level: Logger.Level, metadataProvider: Logger.MetadataProvider?,
    write: @escaping @Sendable ([UInt8]) -> Void
  ) {
    self.component = component
    self.format = format
    self.metadataProvider = metadataProvider
    self.write = write
    logLevel = level
  }

  subscript(metadataKey key: String) -> Logger.Metadata.Value? {
    get { metadata[key] }
    set { metadata[key] = newValue }
  }

  func log(event: LogEvent) {
    var fields = metadataProvider?.get() ?? [:]
    fields.merge(metadata) { $1 }
    if let own = event.metadata { fields.merge(own) { $1 } }
    if let error = event.error { fields["error"] = "\(error)" }
    let line = LogLine(
      time: WallClock.milliseconds, level: event.level, component: component, message: event.message.description,
      fields: fields.sorted { $0.key < $1.key })
    write(format == .json ? line.json : line.text)
  }
}
