// How long a list may become.

import ArgumentParser

struct RowLimit: ParsableArguments {
  @Option(name: .customLong("limit"), help: ArgumentHelp("How many at most.", valueName: "limit"))
  var rows = 50

  func validate() throws {
    try Self.check(rows)
  }

  /// For commands with a `--limit` of their own.
  static func check(_ limit: Int?) throws {
    if let limit, limit < 1 { throw ValidationError("--limit takes a number from 1") }
  }
}
