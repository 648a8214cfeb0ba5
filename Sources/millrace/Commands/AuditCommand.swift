// `millrace audit`: which requests came in, what became of them, and why they were refused.

import ArgumentParser
import AuditLog
import ProcessSupport

struct AuditCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "audit", abstract: "Show the requests that came in, accepted or refused, and why.",
    discussion: """
      Reads the files that ingest on this machine writes to MILLRACE_AUDIT_DIR; docs/operations.md tells what the fields \
      mean. The newest request is last. Ends with 66 when there is no audit log.
      """)

  @OptionGroup var wanted: AuditOptions

  @Option(help: "So many of the newest; by default 50, with --follow 10, with --json all.")
  var limit: Int?

  @Flag(help: "Print JSON lines, as they are in the log.")
  var json = false

  @Flag(help: "Go on with what comes, until Ctrl-C.")
  var follow = false

  @Option(name: .customLong("audit-dir"), help: ArgumentHelp("Where the audit log is.", valueName: "dir"))
  var auditDirectory: String?

  @Option(
    name: .customLong("state-dir"),
    help: ArgumentHelp("Where `millrace up` keeps its state; the audit log is in it.", valueName: "dir"))
  var stateDirectory: String?

  func validate() throws {
    try RowLimit.check(limit)
  }

  func run() async throws {
    let flags = [auditDirectory.map { "--audit-dir=\($0)" }, stateDirectory.map { "--state-dir=\($0)" }]
    let settings = try CommandSettings(flags: flags.compactMap(\.self)).settings
    guard let directory = settings.auditPlace else {
      throw CommandFailure("MILLRACE_AUDIT_DIR is off: there is no audit log", code: ExitCode.noInput)
    }
    let filter = try wanted.filter()
    if follow { return try await watch(directory, filter) }
    do throws(AuditProblem) {
      try show(AuditHistory(directory: directory, filter: filter))
    } catch {
      throw CommandFailure(error.message, code: ExitCode.noInput)
    }
  }

  private func show(_ history: AuditHistory) throws(AuditProblem) {
    guard json else { return Terminal.print(AuditTable.text(try history.newest(limit ?? 50))) }
    var output = LineOutput()
    if let limit {
      for entry in try history.newest(limit) { output.add(entry.line) }
    } else {
      try history.forEach { output.add($0.line) }
    }
    output.flush()
  }

  private func watch(_ directory: String, _ filter: AuditFilter) async throws {
    let follower = AuditFollower(directory: directory, filter: filter)
    var entries = follower.poll(limit: limit ?? 10)
    if !json { Terminal.print(AuditTable.title) }
    while true {
      var output = LineOutput()
      for entry in entries { output.add(json ? entry.line : Array(AuditTable.line(entry).utf8)) }
      output.flush()
      try await Task.sleep(for: .milliseconds(200))
      entries = follower.poll(limit: .max / 4)
    }
  }
}

/// Which requests are wanted.
struct AuditOptions: ParsableArguments {
  @Option(help: ArgumentHelp("Only for this workflow.", valueName: "key"))
  var workflow: String?

  @Option(help: ArgumentHelp("Only from this address or network.", valueName: "address|cidr"))
  var client: String?

  @Option(help: ArgumentHelp("Only with this status, 401 or 4xx for example.", valueName: "status"))
  var status: String?

  @Option(
    help: ArgumentHelp(
      "Only what ended so: \(AuditOutcome.allCases.map(\.rawValue).joined(separator: ", ")).", valueName: "outcome"))
  var outcome: String?

  @Option(help: ArgumentHelp("Only with this problem, body-too-large for example.", valueName: "name"))
  var reason: String?

  @Option(help: ArgumentHelp("Only what belongs to this execution.", valueName: "id"))
  var execution: String?

  @Option(help: ArgumentHelp("Only the request with this X-Request-Id.", valueName: "id"))
  var request: String?

  @Option(help: ArgumentHelp("Only from then on: 10m, 1h, 3d ago, or a moment.", valueName: "2h|2026-01-31T12:00"))
  var since: Moment?

  @Option(help: ArgumentHelp("Only up to then.", valueName: "2h|2026-01-31T12:00"))
  var until: Moment?

  func filter() throws(CommandFailure) -> AuditFilter {
    var filter = AuditFilter()
    filter.workflow = workflow
    filter.executionID = execution
    filter.requestID = request
    filter.client = try Self.read("--client", client, "an address or a CIDR such as 203.0.113.0/24") {
      AddressRange($0)
    }
    filter.status = try Self.read("--status", status, "a status such as 401 or 4xx") { AuditFilter.Status($0) }
    filter.reason = try Self.read("--reason", reason, "a problem; docs/http.md lists their names") {
      ProblemName(rawValue: $0)?.rawValue
    }
    filter.outcome = try Self.read("--outcome", outcome, "an outcome; `millrace help audit` lists them") {
      AuditOutcome(rawValue: $0)
    }
    filter.since = since?.milliseconds ?? .min
    filter.until = until?.milliseconds ?? .max
    return filter
  }

  private static func read<Value>(
    _ flag: String, _ text: String?, _ expected: String, _ parse: (String) -> Value?
  ) throws(CommandFailure) -> Value? {
    guard let text else { return nil }
    guard let value = parse(text) else {
      throw CommandFailure("\(flag): '\(Terminal.shortened(text))' is not \(expected)", code: ExitCode.usage)
    }
    return value
  }
}
