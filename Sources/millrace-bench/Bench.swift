// millrace-bench: reproduces the numbers that the README claims, beside what a user would build or pick instead.

import ArgumentParser
import ProcessSupport

@main
struct Bench: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "millrace-bench",
    abstract: "Measures Millrace on this machine, and its peers in the same run.",
    discussion: """
      Starts a private Redis and everything else that it needs on free ports of 127.0.0.1, and stops all of it at the \
      end. The sides are measured in turn (A B A B …): on a shared machine only the median of the ratios means much.
      """,
    version: Build.version,
    subcommands: [
      IngestCommand.self, DrainCommand.self, SyncCommand.self, ScriptsCommand.self, EdgeCommand.self,
      PatienceCommand.self, OutageCommand.self, AllCommand.self,
    ])
}
