// `millrace run`: one workflow, once, in this process and without Redis, to see what its nodes do.

import ArgumentParser
import JSONCodec
import Logging
import NIOCore
import NIOPosix
import OutboundHTTP
import ProcessSupport
import Scripting
import Synchronization
import WorkflowEngine
import Workflows

struct RunCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "run", abstract: "Run one workflow file in this process, without Redis.",
    discussion: """
      Prints each node as it goes, then the outcome. $env.NAME is the variable MILLRACE_ENV_NAME. Request nodes may
      reach loopback addresses; MILLRACE_EGRESS_ALLOW changes that. Delays and further attempts are waited for. Of the \
      trigger, methods, path, schema and when are checked; allow, verify, deduplicate and rate are not.
      """)

  @Argument(help: "A workflow file.")
  var file: String

  @OptionGroup var request: RequestOptions

  @Option(help: ArgumentHelp("The request's path, for workflows that have one of their own.", valueName: "/path"))
  var path: String?

  @Option(
    help: ArgumentHelp(
      "What a wait node gets: the data of the call that it waits for, as JSON.", valueName: "json|@file"))
  var resume: String?

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
    if let misfit = local.misfit(to: workflow.trigger) {
      Terminal.print("refused: the data does not fit the trigger's schema; ingest would answer 422\n\(misfit)")
      throw CommandFailure.silent(ExitCode.failure)
    }
    let arrival: JSON?
    do { arrival = try resume.map { try JSON.parse(RequestOptions.bytes($0)) } } catch let error as JSONError {
      throw CommandFailure("--resume: \(error)", code: ExitCode.usage)
    }
    let report = await Self.run(workflow, local.webhook, settings, arrival: arrival)
    RunReportText.print(report.report, after: report.time)
    guard case .succeeded = report.report.outcome else { throw CommandFailure.silent(ExitCode.failure) }
  }

  private static func run(
    _ workflow: Workflow, _ webhook: WebhookRequest, _ settings: CommandSettings, arrival: JSON?
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
    let journal = LocalJournal(arrival: arrival)
    var report: RunReport
    repeat {
      let input = ExecutionInput(
        id: "local", request: webhook, environment: settings.settings.environment, records: journal.records,
        deadline: workflow.timeout.map { started + $0 }, arrivals: journal.arrivals)
      report = await runner.run(workflow, input, journal: journal)
    } while await journal.waits(for: report)
    let time = ContinuousClock.now - started
    await scripts.shutDown()
    await transport.shutdown()
    try? await group.shutdownGracefully()
    return (report, time)
  }
}

/// Outlives a run that waits, and nothing else.
private final class LocalJournal: ExecutionJournal {
  private struct State {
    var records: [String: NodeRecord] = [:]
    var arrivals: [String: [UInt8]] = [:]
    var reserved: [String: Int64] = [:]
  }

  private let state = Mutex(State())
  private let arrival: [UInt8]?

  init(arrival: JSON?) {
    self.arrival = arrival.map {
      JSON.object(JSONObject([("method", "POST"), ("query", .object([:])), ("headers", .object([:])), ("data", $0)]))
        .bytes
    }
  }

  var records: [NodeRecord] { state.withLock { Array($0.records.values) } }
  var arrivals: [String: [UInt8]] { state.withLock { $0.arrivals } }

  func checkpoint(_ records: [NodeRecord]) async throws {
    state.withLock { state in
      for record in records { state.records[record.path] = record }
    }
  }

  func checkpoint(_ records: [NodeRecord], callbacks: [String]) async throws {
    try await checkpoint(records)
  }

  func close(callback: String) async throws -> [UInt8]? { nil }

  func reserve(_ name: String, spacing: Int64) async throws -> Int64 {
    state.withLock { state in
      let now = WallClock.milliseconds
      let start = max(state.reserved[name].map { $0 + spacing / 1000 } ?? 0, now)
      state.reserved[name] = start
      return start
    }
  }

  func reply(_ reply: Reply) async throws {
    RunReportText.print(reply, title: "early reply")
  }

  /// Whether it goes on; false also when nobody could make it.
  func waits(for report: RunReport) async -> Bool {
    guard case .suspended(let suspension) = report.outcome else { return false }
    try? await checkpoint(report.records)
    if !suspension.callbacks.isEmpty {
      guard let arrival else { return false }
      return state.withLock { state in
        for callback in suspension.callbacks { state.arrivals[callback] = arrival }
        return true
      }
    }
    let wait = Duration.milliseconds(max(0, suspension.until - WallClock.milliseconds))
    let failed = report.records.first { $0.status == .retrying && $0.due == suspension.until }
    let why = failed.map { " after attempt \($0.tries) of \($0.path): \($0.error ?? "it failed")" } ?? ""
    Terminal.print("(waits for \(wait.millraceText)\(why))")
    return (try? await Task.sleep(for: wait + .milliseconds(2))) != nil
  }
}
