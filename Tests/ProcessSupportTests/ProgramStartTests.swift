// What a program does with its command line, and that the documentation tells the same settings.

import Foundation
import Testing

@testable import ProcessSupport

@Suite struct ProgramStartTests {
  @Test("help lists every setting of the program, and only those", arguments: Program.allCases)
  func help(_ program: Program) {
    guard case .print(let text) = ProgramStart.outcome(of: program, arguments: ["--help"], environment: [:]) else {
      Issue.record("no help")
      return
    }
    for definition in Settings.table {
      let isOwn = definition.programs.contains(program)
      #expect(text.contains("\(definition.flag) VALUE   (\(definition.variable),") == isOwn)
      #expect(text.contains(definition.meaning) == isOwn)
    }
  }

  @Test("the version is printed, even when settings are wrong")
  func version() {
    let outcome = ProgramStart.outcome(
      of: .worker, arguments: ["--version"], environment: ["MILLRACE_CONCURRENCY": "many"])
    guard case .print(let text) = outcome else {
      Issue.record("no version")
      return
    }
    #expect(text == "millrace-worker \(Build.version)\n")
  }

  @Test("wrong settings refuse the start, right ones start")
  func startOrRefuse() {
    guard case .refuse(let problems) = ProgramStart.outcome(of: .worker, arguments: ["--x", "--y"], environment: [:])
    else {
      Issue.record("not refused")
      return
    }
    #expect(problems.list.count == 2 && problems.code == ExitCode.usage)
    guard case .start(let settings, []) = ProgramStart.outcome(of: .worker, arguments: [], environment: [:]) else {
      Issue.record("not started")
      return
    }
    #expect(settings.concurrency == 256)
  }

  @Test("docs/settings.md has the row of every setting as the table has it")
  func documentation() throws {
    let here = URL(filePath: #filePath).deletingLastPathComponent().resolvingSymlinksInPath()
    let root = here.deletingLastPathComponent().deletingLastPathComponent()
    let text = try String(contentsOf: root.appending(path: "docs/settings.md"), encoding: .utf8)
    let rows = Set(text.split(separator: "\n").map(String.init).filter { $0.hasPrefix("| `MILLRACE_") })
    #expect(Set(Settings.documentationRows).subtracting(rows) == [])
    #expect(rows.subtracting(Settings.documentationRows) == [])
  }

  @Test("flags and variables have one name each")
  func names() {
    #expect(Set(Settings.table.map(\.variable)).count == Settings.table.count)
    for definition in Settings.table {
      let name = definition.variable.dropFirst("MILLRACE_".count).lowercased().replacing("_", with: "-")
      #expect(definition.flag == "--\(name)")
      #expect(!definition.meaning.contains("\n") && !definition.meaning.contains("|"))
    }
  }

  @Test(
    "a mistyped name is met by its nearest neighbour",
    arguments: [
      ("--lisetn", "--listen"), ("--backlogs", "--backlog"), ("--quite-another", nil), ("", nil),
    ] as [(String, String?)])
  func suggestions(_ name: String, _ expected: String?) {
    #expect(nearestName(to: name, among: ["--listen", "--backlog", "--max-body"]) == expected)
  }
}
