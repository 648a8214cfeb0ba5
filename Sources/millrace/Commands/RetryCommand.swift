// `millrace retry`: one execution that has ended, once more.

import ArgumentParser
import ExecutionQueue
import JSONCodec
import ProcessSupport

struct RetryCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "retry", abstract: "Run one execution that has ended once more.",
    discussion: """
      It goes on where it failed: finished nodes are not run again. --from NODE runs that node and all behind it again,
      --from-start all of them. It keeps the version of its workflow.
      """)

  @Argument(help: "The execution's id.")
  var id: String

  @Option(help: "The key of a node.")
  var from: String?

  @Flag(help: "Forget all that it has come to.")
  var fromStart = false

  @OptionGroup var connection: ConnectionOptions

  func validate() throws {
    if from != nil, fromStart { throw ValidationError("--from and --from-start do not go together") }
  }

  func run() async throws {
    let id = try Operators.id(id)
    try await Operators.with(try connection.settings()) { operators in
      guard let record = try await operators.history.records([id]).first ?? nil else {
        throw CommandFailure("there is no execution \(id) that has ended, or it is no longer kept")
      }
      let start: Redrive.Start
      if let from {
        start = .forgetting(try await paths(from: from, of: record, operators))
      } else {
        start = fromStart ? .beginning : .failure
      }
      switch try await operators.control.redrive([Redrive(id, from: start)], onlyDead: false).first {
      case .redriven: Terminal.print("\(id) runs again; look at it with `millrace show \(id)`")
      case .active: throw CommandFailure("\(id) has not ended: \(record.state.rawValue)")
      case .gone, nil: throw CommandFailure("\(id) cannot be run again: its webhook is not kept")
      }
    }
  }

  /// What the node and those behind it have left, inside loops and branches too.
  private func paths(from node: String, of record: ExecutionRecord, _ operators: Operators) async throws -> [String] {
    guard let definition = try await operators.workflow(of: record)?.definition else {
      throw CommandFailure("the workflow of \(record.id) cannot be read; --from-start does not need it")
    }
    let order = Self.keys(definition["nodes"] ?? .null)
    guard let place = order.firstIndex(of: node) else {
      throw CommandFailure(
        "its workflow has no node \"\(node)\"; it has \(order.joined(separator: ", "))", code: ExitCode.usage)
    }
    let later = Set(order[place...])
    return record.fields.map(\.path).filter { path in
      path.split(separator: "/").contains { later.contains(String($0)) }
    }
  }

  /// Keys of nodes in the order in which they stand; those that enclose others before them.
  private static func keys(_ value: JSON) -> [String] {
    var keys: [String] = []
    if let key = value["key"]?.stringValue, value["type"]?.stringValue != nil { keys.append(key) }
    for element in value.elements { keys += Self.keys(element) }
    for member in value.members { keys += Self.keys(member.value) }
    return keys
  }
}
