// What commands write: results to standard output, everything else to standard error, unbuffered, so that a line stands
// where it belongs also when both go to one place.

import Glibc
import ProcessSupport

enum Terminal {
  static func print(_ text: String) {
    writeAll(text + "\n", to: STDOUT_FILENO)
  }

  static func complain(_ text: String) {
    writeAll(text + "\n", to: STDERR_FILENO)
  }

  /// How far it has come, in one line that the next one replaces; only for people. Nil clears it.
  static func progress(_ text: String?) {
    guard isatty(STDERR_FILENO) == 1 else { return }
    writeAll("\r\u{1B}[K" + (text ?? ""), to: STDERR_FILENO)
  }

  /// A text as one line of at most so many characters.
  static func shortened(_ text: String, to limit: Int = 80) -> String {
    let line = String(text.map { $0.isNewline || $0 == "\t" ? " " : $0 })
    return line.count > limit ? line.prefix(limit - 1) + "…" : line
  }
}
