// `millrace addresses`: the lists of addresses that workflows name in `allow`, and how old they are.

import ArgumentParser
import JSONCodec
import ProcessSupport

struct AddressesCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "addresses", abstract: "List the address lists that workflows name, or refresh them.",
    subcommands: [AddressesListCommand.self, AddressesRefreshCommand.self],
    defaultSubcommand: AddressesListCommand.self)
}

/// Where the lists are.
struct AddressesOptions: ParsableArguments {
  @Option(
    name: .customLong("addresses-dir"),
    help: ArgumentHelp(
      "The directory of the lists.",
      discussion: "By default MILLRACE_ADDRESSES_DIR, else \(AddressListDirectory.standard).", valueName: "dir"))
  var directory: String?

  func lists() throws(CommandFailure) -> AddressListDirectory {
    let flags = directory.map { ["--addresses-dir=\($0)"] } ?? []
    return AddressListDirectory(try CommandSettings(flags: flags).settings)
  }
}

struct AddressesListCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "list", abstract: "List the address lists.",
    discussion: "Ends with 1 when a list is broken: webhooks of workflows that name it are refused.")

  @Flag(help: "Print JSON.")
  var json = false

  @OptionGroup var options: AddressesOptions

  private struct Row {
    let name: String
    let list: Result<AddressListFile, AddressListFile.Problem>

    var age: Int? { (try? list.get())?.date.flatMap { CalendarDay($0) }.map { CalendarDay.today - $0 } }
  }

  func run() async throws {
    let directory = try options.lists()
    let rows = try directory.names().map { name in
      Row(name: name, list: Result { () throws(AddressListFile.Problem) in try directory.read(name) })
    }
    if json {
      Terminal.print(JSON.array(rows.map(Self.document)).pretty)
    } else if rows.isEmpty {
      Terminal.print("no lists in \(directory.path); `millrace addresses refresh` fetches those that senders publish")
    } else {
      Terminal.print(Self.table(rows))
    }
    if rows.contains(where: { (try? $0.list.get()) == nil }) { throw CommandFailure.silent(ExitCode.failure) }
  }

  private static func table(_ rows: [Row]) -> String {
    var table = TextTable([("NAME", .left), ("RANGES", .right), ("AGE", .right), ("ADDRESSES FROM WHICH", .left)])
    for row in rows {
      let meaning = PublishedList.named(row.name)?.meaning ?? ""
      switch row.list {
      case .success(let list):
        table.add([row.name, "\(list.ranges.count)", row.age.map { $0 == 1 ? "1 day" : "\($0) days" } ?? "", meaning])
      case .failure(let problem): table.add([row.name, "", "", "broken: \(problem)"])
      }
    }
    return table.text
  }

  private static func document(_ row: Row) -> JSON {
    var object: JSONObject = ["name": .string(row.name)]
    switch row.list {
    case .success(let list):
      object["ranges"] = .int(Int64(list.ranges.count))
      object["date"] = list.date.map(JSON.string) ?? .null
      object["days"] = row.age.map { .int(Int64($0)) } ?? .null
    case .failure(let problem): object["problem"] = .string("\(problem)")
    }
    return .object(object)
  }
}
