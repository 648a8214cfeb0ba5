// Starts logging: one line for each event, on standard error, in the format and from the level that the settings say.

import Glibc
package import Logging

package enum Log {
  /// To be called once, before the first Logger is made.
  package static func bootstrap(_ settings: Settings) {
    bootstrap(level: settings.logLevel, format: settings.logFormat)
  }

  package static func bootstrap(level: Logger.Level, format: LogFormat) {
    // Whoever reads the log may go away; that must not end the process.
    signal(SIGPIPE, SIG_IGN)
    let output = LogOutput.standardError
    LoggingSystem.bootstrap(
      { label, provider in
        LineLogHandler(
          component: label, format: format, level: level, metadataProvider: provider, write: { output.write($0) })
      }, metadataProvider: nil)
  }
}
