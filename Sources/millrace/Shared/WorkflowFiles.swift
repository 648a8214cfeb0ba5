// The workflow files that a command names, a directory's or a single one, read and checked as a whole.

import FoundationEssentials
import Glibc
import ProcessSupport
import WebhookChecks
import WorkflowEngine
import Workflows

struct WorkflowFiles {
  /// As given on the command line.
  let place: String
  private let files: [(file: String, text: String)]
  /// Of files of a directory that cannot be read.
  private let unread: [Diagnostic]

  static let loader = WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension)
  private static let endings = [".yaml", ".yml", ".json"]

  init(at place: String) throws(CommandFailure) {
    self.place = place
    let paths = try Self.paths(at: place)
    // The one file that is named, and is not there, is no wrong file.
    if paths == [place], access(place, R_OK) != 0 { throw TextFile.unreadable(place, errno) }
    var files: [(file: String, text: String)] = []
    var unread: [Diagnostic] = []
    for path in paths {
      switch Self.text(of: path) {
      case .success(let text): files.append((path, text))
      case .failure(let problem):
        unread.append(Diagnostic(file: path, line: 0, column: 0, message: "the file \(problem.message)"))
      }
    }
    self.files = files
    self.unread = unread
  }

  /// - Throws: `Diagnostics` with all that is wrong in all files; `CommandFailure` when JavaScript cannot be checked.
  func load() async throws -> [LoadedWorkflow] {
    let directory = Self.loader.read(files: files, named: Self.text)
    var problems = unread + directory.problems
    var failure: CommandFailure?
    do { problems += try await ScriptChecks.problems(in: directory.code) } catch { failure = error }
    if !problems.isEmpty { throw Diagnostics(problems) }
    if let failure { throw failure }
    return directory.workflows
  }

  /// `consequence` is what follows when one of the files is wrong.
  func load(otherwise consequence: String) async throws -> [LoadedWorkflow] {
    do { return try await load() } catch let error as Diagnostics {
      throw CommandFailure(error, consequence: consequence)
    }
  }

  private static func text(of path: String) -> Result<String, NamedFileProblem> {
    do throws(CommandFailure) {
      guard let text = String(validating: try TextFile.bytes(of: path), as: UTF8.self) else {
        return .failure(NamedFileProblem("is not UTF-8 text"))
      }
      return .success(text)
    } catch {
      return .failure(NamedFileProblem("cannot be read: \(error.reason(of: path))"))
    }
  }

  private static func paths(at place: String) throws(CommandFailure) -> [String] {
    guard TextFile.isDirectory(place) else { return [place] }
    let names: [String]
    do { names = try FileManager.default.contentsOfDirectory(atPath: place) } catch {
      throw CommandFailure("\(place): the directory cannot be read", code: ExitCode.noInput)
    }
    let folder = place.hasSuffix("/") ? place : place + "/"
    // Hidden files are editors' leftovers, and folders are not entered.
    let paths = names.sorted().filter { name in !name.hasPrefix(".") && endings.contains { name.hasSuffix($0) } }
      .map { folder + $0 }.filter { !TextFile.isDirectory($0) }
    guard !paths.isEmpty else {
      throw CommandFailure(
        "\(place): no workflow files here; they end in .yaml, .yml or .json", code: ExitCode.noInput)
    }
    return paths
  }
}
