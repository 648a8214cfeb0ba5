// Runs every example of docs/scripts.md and compares what it comes to with what the page says.
//
// An example is a block of `js`, followed at once by one of `json` with its result, or of `text` with its error. In front
// may stand "With this input:" and a block of `json`, and on the line before the code "As an expression:" or a limit that
// holds for it.

import Foundation
import JSONCodec
import Logging
import NIOPosix
import ProcessSupport
import Scripting
import TestSupport
import Testing

@Suite("docs/scripts.md", .timeLimit(.minutes(2)))
struct ScriptDocumentationTests {
  private static let page: String = {
    // <package>/Tests/ScriptingTests/ScriptDocumentationTests.swift
    let package = URL(fileURLWithPath: #filePath).resolvingSymlinksInPath()
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    return (try? String(contentsOf: package.appending(path: "docs/scripts.md"), encoding: .utf8)) ?? ""
  }()

  private static let (examples, strays) = read(DocumentationBlock.all(in: page))

  private static let runners: ScriptRunners = {
    // A missing program shows in each test as the message that users would see.
    let program = (try? BuiltProgram.path("millrace-script")) ?? "millrace-script is not built"
    let logger = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
    return ScriptRunners(
      ScriptRunners.Configuration(executable: program, processes: 1), group: MultiThreadedEventLoopGroup.singleton,
      logger: logger)
  }()

  @Test("has examples that come to what it says", arguments: examples)
  func come(_ example: DocumentedScript) async throws {
    switch (await Self.result(of: example.call), example.outcome) {
    case (.success(let bytes), .value(let text)):
      #expect(try JSON.parse(bytes) == JSON.parse(text))
    case (.failure(let failure), .error(let text)):
      #expect(Self.text(of: failure) == text)
    case (.success(let bytes), .error(let text)):
      Issue.record("gives \(String(decoding: bytes, as: UTF8.self)) instead of the error \(text)")
    case (.failure(let failure), .value(let text)):
      Issue.record("fails with \(Self.text(of: failure)) instead of giving \(text)")
    }
  }

  @Test("has nothing but examples, and enough of them")
  func shown() {
    #expect(Self.strays.isEmpty)
    #expect(Self.examples.count >= 40)
    #expect(Self.examples.contains { $0.form == .expression })
  }

  /// The examples, and the first lines of blocks that belong to none.
  private static func read(_ blocks: [DocumentationBlock]) -> (examples: [DocumentedScript], strays: [Int]) {
    var examples: [DocumentedScript] = []
    var strays: [Int] = []
    var rest = blocks.filter { $0.language != "yaml" }[...]
    while let next = rest.first {
      var ahead = rest
      if let example = DocumentedScript(takenFrom: &ahead) {
        examples.append(example)
        rest = ahead
      } else {
        strays.append(next.line)
        rest.removeFirst()
      }
    }
    return (examples, strays)
  }

  private static func result(of call: ScriptCall) async -> Result<[UInt8], ScriptFailure> {
    do throws(ScriptFailure) {
      return try await runners.run(call).results.first ?? .failure(ScriptFailure(.crashed, "there is no result"))
    } catch {
      return .failure(error)
    }
  }

  /// As the message of a node has it.
  private static func text(of failure: ScriptFailure) -> String {
    let named = failure.name.map { "\($0): \(failure.message)" } ?? failure.message
    guard let line = failure.line, let column = failure.column else { return named }
    return "\(named) (line \(line), column \(column))"
  }
}

/// One example of the page.
struct DocumentedScript: Sendable, CustomTestStringConvertible {
  enum Outcome: Sendable {
    case value(String)
    case error(String)
  }

  /// Of the code, in the page.
  let line: Int
  let form: ScriptCode.Form
  let call: ScriptCall
  let outcome: Outcome

  var testDescription: String { "line \(line)" }

  /// Nil when the blocks do not begin with an example.
  init?(takenFrom blocks: inout ArraySlice<DocumentationBlock>) {
    var input = "{}"
    if let block = blocks.first, block.language == "json", block.introduction == "With this input:" {
      input = block.text
      blocks.removeFirst()
    }
    guard let code = blocks.popFirst(), code.language == "js", let end = blocks.popFirst(), end.introduction.isEmpty
    else { return nil }
    switch end.language {
    case "json": outcome = .value(end.text)
    case "text": outcome = .error(end.text)
    default: return nil
    }
    line = code.line
    form = code.introduction == "As an expression:" ? .expression : .script
    call = ScriptCall(
      [ScriptCode(form, code.text)], input: Array(input.utf8),
      timeLimit: code.amount("With a time limit of ").flatMap { Duration(millraceText: $0) },
      memoryLimit: code.amount("With a memory limit of ").flatMap { ByteSize($0)?.bytes })
  }
}

/// A fenced block of a page.
struct DocumentationBlock {
  let language: String
  /// Of its first line within the fences, from 1.
  let line: Int
  let text: String
  /// The last line of text between the block before and this one; empty when there is none.
  let introduction: String

  static func all(in page: String) -> [DocumentationBlock] {
    var blocks: [DocumentationBlock] = []
    var open: (language: String, line: Int, lines: [String])?
    var introduction = ""
    for (index, line) in page.components(separatedBy: "\n").enumerated() {
      if let block = open, line == "```" {
        let text = block.lines.joined(separator: "\n")
        blocks.append(Self(language: block.language, line: block.line, text: text, introduction: introduction))
        (open, introduction) = (nil, "")
      } else if open != nil {
        open?.lines.append(line)
      } else if line.hasPrefix("```") {
        open = (String(line.dropFirst(3)), index + 2, [])
      } else if !line.isEmpty {
        introduction = line
      }
    }
    return blocks
  }

  /// What stands between this beginning of the introduction and its colon.
  func amount(_ beginning: String) -> String? {
    guard introduction.hasPrefix(beginning), introduction.hasSuffix(":") else { return nil }
    return String(introduction.dropFirst(beginning.count).dropLast())
  }
}
