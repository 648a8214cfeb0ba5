// What the command line says.

import ArgumentParser

struct TortureOptions: ParsableArguments, Sendable {
  enum Durability: String, CaseIterable, ExpressibleByArgument, Sendable { case fast, normal, strict }

  /// A defect that debug builds of the worker have on request.
  enum Sabotage: String, CaseIterable, ExpressibleByArgument, Sendable { case fence, checkpoint }

  @Option(help: "How long webhooks and faults come.")
  var seconds = 120

  @Option(help: "What everything random follows from; chosen and printed when absent.")
  var seed: UInt64?

  @Option(help: ArgumentHelp("Asynchronous webhooks a second.", valueName: "count"))
  var rate = 100.0

  @Option(help: ArgumentHelp("Synchronous webhooks a second.", valueName: "count"))
  var sync = 10.0

  @Option(help: ArgumentHelp("What may happen, with commas between.", valueName: "names"))
  var faults = FaultList(Fault.allCases)

  @Option(help: "How many processes are killed at least; one in five seconds when absent.")
  var kills: Int?

  @Option(help: "What a 2xx has survived: fast, normal or strict.")
  var durability = Durability.strict

  @Option(help: ArgumentHelp("Where the programs are; beside this one when absent.", valueName: "directory"))
  var programs: String?

  @Option(help: "Workers with this defect: the run succeeds when its checks find it. Takes fence or checkpoint.")
  var sabotage: Sabotage?

  @Option(help: "Instead of faults: all processes are replaced one after another, so often; nothing may be refused.")
  var deploys: Int?

  @Flag(help: "Leave the logs of all programs.")
  var keep = false

  @Flag(help: "The result as JSON.")
  var json = false

  func validate() throws {
    guard seconds > 0, rate >= 0, sync >= 0, kills ?? 0 >= 0, deploys ?? 1 > 0 else {
      throw ValidationError("--seconds and --deploys take 1 and up, the others no negative numbers")
    }
  }
}
