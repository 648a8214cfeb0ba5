// `millrace addresses refresh`: fetches the lists that senders publish; what cannot be believed changes nothing.

import ArgumentParser
import OutboundHTTP
import ProcessSupport

struct AddressesRefreshCommand: AsyncParsableCommand {
  static let configuration = CommandConfiguration(
    commandName: "refresh", abstract: "Fetch the address lists that senders publish.",
    discussion: """
      A list whose answer is empty, no list of CIDRs, or improbably long or wide stays as it is. Running ingests take \
      new files within seconds. Lists: \(PublishedList.all.map(\.name).joined(separator: ", ")).
      """)

  @Argument(help: "The lists to fetch; all when none is named.")
  var names: [String] = []

  @Option(help: ArgumentHelp("Where to fetch the one named list instead, a mirror for example.", valueName: "url"))
  var url: String?

  @OptionGroup var options: AddressesOptions

  private static let timeout: Duration = .seconds(30)
  private static let longestAnswer = 8 << 20

  func run() async throws {
    let directory = try options.lists()
    // Fails early for a directory that is not there.
    _ = try directory.names()
    let lists = try chosen()
    let transport = HTTPTransport(egress: .everywhere)
    var hasFailed = false
    for list in lists {
      switch await refresh(list, in: directory, over: transport) {
      case .success(let news): Terminal.print("\(list.name): \(news)")
      case .failure(let failure):
        hasFailed = true
        for line in failure.lines { Terminal.complain(line) }
      }
    }
    await transport.shutdown()
    if hasFailed { throw CommandFailure.silent(ExitCode.unavailable) }
  }

  private func chosen() throws(CommandFailure) -> [PublishedList] {
    guard url == nil || names.count == 1 else {
      throw CommandFailure("--url goes with exactly one name", code: ExitCode.usage)
    }
    guard !names.isEmpty else { return PublishedList.all }
    var lists: [PublishedList] = []
    for name in names {
      guard let list = PublishedList.named(name) else {
        let known = PublishedList.all.map(\.name)
        let suggestion = nearestName(to: name, among: known).map { "did you mean \($0)?" }
        throw CommandFailure(
          "\(name): no sender's list; \(suggestion ?? "known are " + known.joined(separator: ", "))",
          code: ExitCode.usage)
      }
      lists.append(list)
    }
    return lists
  }

  private func refresh(
    _ list: PublishedList, in directory: AddressListDirectory, over transport: HTTPTransport
  ) async -> Result<String, CommandFailure> {
    do throws(CommandFailure) {
      switch list.source {
      case .fetched(let standard, let reading):
        let origin = url ?? standard
        let file = try await fetch(list, from: origin, reading, over: transport)
        return .success(try replace(list, by: file, in: directory, origin: origin))
      case .written(let texts, let date):
        guard url == nil else { throw CommandFailure("\(list.name): nothing to fetch", code: ExitCode.usage) }
        guard !directory.exists(list.name) else { return .success("published in words only; compare \(list.page)") }
        let file = try Self.checked(list) { () throws(AddressListFile.Problem) in
          try AddressListFile(texts.compactMap { AddressRange($0) }, date: date)
        }
        return .success(try replace(list, by: file, in: directory, origin: "that page"))
      }
    } catch {
      return .failure(error)
    }
  }

  private func fetch(
    _ list: PublishedList, from origin: String, _ reading: PublishedList.Reading, over transport: HTTPTransport
  ) async throws(CommandFailure) -> AddressListFile {
    let request = OutboundRequest(
      url: origin, headers: [("Accept", "application/json")], timeout: Self.timeout, maxBody: Self.longestAnswer)
    let response: OutboundResponse
    do { response = try await transport.send(request) } catch {
      throw CommandFailure("\(list.name): kept as it is: \(error.message)", code: ExitCode.unavailable)
    }
    guard response.status == 200 else {
      throw CommandFailure(
        "\(list.name): kept as it is: \(origin) answers \(response.status)", code: ExitCode.unavailable)
    }
    return try Self.checked(list) { () throws(AddressListFile.Problem) in
      try AddressListFile(try reading.ranges(in: response.body), date: CalendarDay.today.text)
    }
  }

  private static func checked(
    _ list: PublishedList, _ make: () throws(AddressListFile.Problem) -> AddressListFile
  ) throws(CommandFailure) -> AddressListFile {
    do { return try make() } catch {
      throw CommandFailure("\(list.name): kept as it is: \(error)", code: ExitCode.unavailable)
    }
  }

  /// What has changed, in words.
  private func replace(
    _ list: PublishedList, by file: AddressListFile, in directory: AddressListDirectory, origin: String
  ) throws(CommandFailure) -> String {
    let before = try? directory.read(list.name)
    try directory.write(file, of: list, from: origin)
    let count = file.ranges.count == 1 ? "1 range" : "\(file.ranges.count) ranges"
    guard let before else { return "\(count), new" }
    let (old, new) = (Set(before.ranges.map(\.description)), Set(file.ranges.map(\.description)))
    guard old != new else { return "\(count), unchanged" }
    return "\(count), \(new.subtracting(old).count) added, \(old.subtracting(new).count) removed"
  }
}
