// What every subcommand takes, and the look around before anything starts.

import ArgumentParser

struct CommonOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Where the scripts that start the peers are.", valueName: "dir"))
  var peers = "../shared/peers"

  @Option(
    help: ArgumentHelp("A Python virtual environment with uvicorn and redis for the uvicorn peer.", valueName: "dir"))
  var venv: String?

  @Flag(help: "Measure Millrace alone.")
  var skipPeers = false

  // One by default, since the peers are one nginx worker or one Python process.
  @Option(help: ArgumentHelp("Threads of millrace-ingest that serve HTTP.", valueName: "count"))
  var eventLoops = 1

  @Flag(help: "Measure a debug build; its figures mean nothing.")
  var allowDebug = false

  func validate() throws {
    guard (1...256).contains(eventLoops) else { throw ValidationError("--event-loops takes 1 to 256") }
  }

  /// Everything that a benchmark needs from its surroundings, or all that is missing in one error.
  func surroundings() throws -> Surroundings {
    guard Conditions.isReleaseBuild || allowDebug else {
      throw BenchError(
        "this is a debug build, whose figures mean nothing: use `swift build -c release`, or --allow-debug")
    }
    return Surroundings(
      programs: try Programs(virtualEnvironment: venv), peers: skipPeers ? nil : PeerDirectory(path: peers),
      eventLoops: eventLoops)
  }
}

struct Surroundings: Sendable {
  let programs: Programs
  /// nil when Millrace is measured alone.
  let peers: PeerDirectory?
  let eventLoops: Int
}
