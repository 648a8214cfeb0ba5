// `millrace up`: everything on this machine, ready for a first webhook, until Ctrl-C.

import ArgumentParser
import ProcessSupport

struct UpCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "up", abstract: "Run ingest, workers and a private Redis, with the workflows of a directory.",
    usage: "millrace up [<dir>] [--workers <count>] [--<setting> <value>] ...",
    discussion: """
      Checks the workflow files and the addresses first and starts nothing when something is wrong. \
      With MILLRACE_REDIS_URL no private Redis is started. \
      Ctrl-C stops everything cleanly, a second Ctrl-C at once.

      SETTINGS and their defaults; docs/settings.md tells what they mean:
      \(settings)
      """)

  @Option(help: "How many worker processes to run.")
  var workers = 1

  @Argument(
    parsing: .allUnrecognized,
    help: ArgumentHelp(
      "A directory with workflow files (default: \(UpPlan.standardDirectory)), and settings.", valueName: "dir"))
  var words: [String] = []

  func validate() throws {
    guard (1...64).contains(workers) else { throw ValidationError("--workers takes a number from 1 to 64") }
  }

  func run() async throws {
    let plan = try UpPlan(words: words, workers: workers)
    let workflows = try await WorkflowFiles(at: plan.directory).load(otherwise: "nothing was started")
    Log.bootstrap(plan.settings)
    try await UpSession(plan, workflows).run()
  }

  private static var settings: String {
    let width = Settings.table.map(\.flag.count).max() ?? 0
    return Settings.table.map { row in
      "  \(row.flag)\(String(repeating: " ", count: width - row.flag.count))  \(row.defaultText)"
    }
    .joined(separator: "\n")
  }
}
