// How long a list may become.

import ArgumentParser

struct RowLimit: ParsableArguments {
  @Option(name: .customLong("limit"), help: ArgumentHelp("How many at most.", valueName: "limit"))
  var rows = 50

  func validate() throws {
    if rows < 0 { throw ValidationError("--limit takes a number from 0") }
  }
}
