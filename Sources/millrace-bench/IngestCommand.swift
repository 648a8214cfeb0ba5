// `millrace-bench ingest`.

import ArgumentParser

struct IngestCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "ingest", abstract: "Asynchronous webhooks a second, each kept in Redis before its 2xx.")

  @OptionGroup var common: CommonOptions

  @Option(help: ArgumentHelp("What to compare with: nginx-lua, uvicorn, nginx-noop. Repeatable; all by default."))
  var peer: [IngestPeer] = IngestPeer.allCases

  @Option(help: ArgumentHelp("How often each pair is measured.", valueName: "count"))
  var rounds = 5

  @Option(help: ArgumentHelp("How long each measurement takes.", valueName: "seconds"))
  var seconds = 5

  func validate() throws {
    guard rounds > 0, (1...600).contains(seconds) else {
      throw ValidationError("--rounds takes 1 and up, --seconds 1 to 600")
    }
  }

  func run() async throws {
    let benchmark = IngestBenchmark(
      surroundings: try common.surroundings(), peers: peer, rounds: rounds, seconds: seconds)
    try await Interruption.guarding { _ = try await benchmark.run() }
  }
}
