// millrace-torture: runs the whole system under load, kills and disturbs it, and checks that every promise was kept.

import ArgumentParser
import Glibc
import ProcessSupport

@main
struct Torture: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "millrace-torture", abstract: "Kills and disturbs Millrace under load, and checks its promises.",
    discussion: """
      Starts two ingests, three workers and a Redis on free ports of 127.0.0.1, and stops all of them at the end. The \
      code is 0 only when every promise was kept, or with --sabotage when the checks that are there for the defect have \
      found it.
      """,
    version: Build.version)

  @OptionGroup var options: TortureOptions

  func run() async throws {
    let seed = options.seed ?? UInt64.random(in: 1...UInt64(UInt32.max))
    progress("seed \(seed)")
    let run = TortureRun(options: options, seed: seed)
    do {
      let report = try await interruptibly { try await run.report() }
      print(options.json ? report.json : report.table)
      guard options.sabotage.map(report.tells) ?? report.isClean else { throw ExitCode.failure }
    } catch is Interrupted {
      progress("interrupted; everything that was started is stopped")
      throw ExitCode(Interrupted.exitCode)
    }
  }
}

/// A line about what happens, away from the result.
func progress(_ line: String) {
  let text = line + "\n"
  _ = write(STDERR_FILENO, text, text.utf8.count)
}
