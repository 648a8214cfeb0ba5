// `millrace run`: one workflow, once, in this process and without Redis, to see what its nodes do.

import ArgumentParser
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import OutboundHTTP
import ProcessSupport
import Scripting
import WorkflowEngine
import Workflows

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run one workflow file in this process, without Redis.",
    discussion: """
      Prints each node as it goes, then the outcome. $env.NAME is the variable MILLRACE_ENV_NAME. Request nodes may
      reach loopback addresses; MILLRACE_EGRESS_ALLOW changes that.
      """)

  @Argument(help: "A workflow file.")
  var file: String

  @OptionGroup var request: RequestOptions

  @Option(help: ArgumentHelp("The request's path, for workflows that have one of their own.", valueName: "/path"))
  var path: String?

  func run() async throws {
    guard !TextFile.isDirectory(file) else {
      throw CommandFailure("\(file) is a directory; name one workflow file", code: ExitCode.usage)
    }
    let loaded = try await WorkflowFiles(at: file).load(otherwise: "nothing was run")
    guard let workflow = loaded.first?.workflow else { return }
    let settings = try CommandSettings()
    let local = try LocalRequest(request, path: path, for: workflow)
    guard try local.isWanted(by: workflow.trigger, environment: settings.settings.environment) else {
      Terminal.print(#"ignored: the trigger's "when" does not hold; ingest would answer {"ignored":true}"#)
      throw CommandFailure.silent(ExitCode.failure)
    }
    let report = await Self.run(workflow, local.webhook, settings)
    RunReportText.print(report.report, after: report.time)
    guard case .succeeded = report.report.outcome else { throw CommandFailure.silent(ExitCode.failure) }
  }

  private static func run(
    _ workflow: Workflow, _ webhook: WebhookRequest, _ settings: CommandSettings
  ) async -> (report: RunReport, time: Duration) {
    let transport = HTTPTransport(egress: EgressPolicy(allow: settings.localEgress))
    let group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
    let scripts = ScriptRunners(
      ScriptRunners.Configuration(
        executable: ExecutablePath.scriptRunner, processes: 1,
        memory: settings.settings.scriptMemory.bytes, time: settings.settings.scriptTime),
      group: group, logger: Logger(label: "millrace"))
    let runner = WorkflowRunner(
      services: WorldServices(transport: transport, scripts: scripts),
      observer: { record, _ in RunReportText.print(record) })
    let started = ContinuousClock.now
    let input = ExecutionInput(
      id: "local", request: webhook, environment: settings.settings.environment,
      deadline: workflow.timeout.map { started + $0 })
    let report = await runner.run(workflow, input, journal: ForgetfulJournal())
    let time = ContinuousClock.now - started
    await scripts.shutDown()
    await transport.shutdown()
    try? await group.shutdownGracefully()
    return (report, time)
  }
}

/// Nothing outlives this run.
private struct ForgetfulJournal: ExecutionJournal {
  func checkpoint(_ records: [NodeRecord]) async throws {}

  func reply(_ reply: Reply) async throws {
    RunReportText.print(reply, title: "early reply")
  }
}
