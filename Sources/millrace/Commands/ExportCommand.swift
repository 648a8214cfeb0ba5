// `millrace export`: finished executions as JSON lines, or as a script that loads them into PostgreSQL.

import ArgumentParser
import ExecutionQueue
import JSONCodec
import ProcessSupport
import WorkflowEngine

struct ExportCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "export", abstract: "Write finished executions as JSON lines, the oldest first.",
    discussion: """
      Into PostgreSQL: `millrace export --sql | psql URL` makes the table millrace_executions if it is not there, and
      writes each execution once, however often it is exported. Executions with `keep: {succeeded: 0}` are not there to export
      once they have succeeded.
      """)

  @Option(help: "Of this workflow.")
  var workflow: String?

  @Option(name: .customLong("state"), help: "Ended so; may be repeated.")
  var states: [ExecutionState] = []

  @Option(help: ArgumentHelp("Ended since: 2h ago, or a moment.", valueName: "2h|2026-01-31"))
  var since: Moment?

  @Option(help: ArgumentHelp("Ended until.", valueName: "1h|2026-01-31"))
  var until: Moment?

  @Flag(help: "Go on with those that end from now on, until it is stopped.")
  var follow = false

  @Flag(help: "A script for psql.")
  var sql = false

  @OptionGroup var connection: ConnectionOptions

  /// What a transaction of the script holds.
  private static let page = 500
  /// Records with megabytes in memory at once.
  private static let recordsAtOnce = 16

  func validate() throws {
    if follow, until != nil { throw ValidationError("--follow does not go with --until") }
    if states.contains(where: { !$0.isFinal }) {
      throw ValidationError("--state takes states of executions that have ended")
    }
  }

  func run() async throws {
    let settings = try connection.settings()
    let mask = Redaction(environment: settings.settings.environment)
    let states = ExecutionState.allCases.filter { self.states.isEmpty ? $0.isFinal : self.states.contains($0) }
    try await Operators.with(settings) { operators in
      var output = ExportOutput(isScript: sql)
      try output.begin()
      var places: [String: ExportPlace] = [:]
      while true {
        let keys = if let workflow { [workflow] } else { try await operators.workflowKeys() }
        for key in keys {
          for state in states {
            var place = places["\(key) \(state)"] ?? ExportPlace(from: since?.milliseconds ?? 0)
            try await write(operators, key, state, &place, mask, to: &output)
            places["\(key) \(state)"] = place
          }
        }
        guard follow else { return }
        try await Task.sleep(for: .seconds(1))
        try output.checkReader()
      }
    }
  }

  /// All that is new of one workflow and state.
  private func write(
    _ operators: Operators, _ key: String, _ state: ExecutionState, _ place: inout ExportPlace, _ mask: Redaction,
    to output: inout ExportOutput
  ) async throws {
    var from: Int64? = place.from
    while let start = from {
      let page = try await operators.history.ended(
        key, state, from: start, to: until?.milliseconds ?? .max, .oldestFirst, limit: Self.page)
      let new = page.mentions.filter(place.isNew)
      for first in stride(from: 0, to: new.count, by: Self.recordsAtOnce) {
        let part = new[first..<min(first + Self.recordsAtOnce, new.count)]
        let records = try await operators.history.records(part.map(\.id))
        for (mention, record) in zip(part, records) {
          // One that runs again, or has ended again, comes with its next end.
          guard let record, record.state == state, record.finished == mention.at else { continue }
          let story = try await ExecutionStory(record, definitions: operators.definitions, mask: mask)
          try output.add(record, story.document)
        }
      }
      try output.endPage()
      place.note(page.mentions)
      from = page.next
    }
  }
}
