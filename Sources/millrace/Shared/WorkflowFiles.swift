// The workflow files that a command names, a directory's or a single one, read and checked as a whole.

import FoundationEssentials
import ProcessSupport
import WebhookChecks
import WorkflowEngine
import Workflows

struct WorkflowFiles {
  /// As given on the command line.
  let place: String
  private let files: [(file: String, text: String)]

  static let loader = WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension)
  private static let endings = [".yaml", ".yml", ".json"]

  init(at place: String) throws(CommandFailure) {
    self.place = place
    var files: [(file: String, text: String)] = []
    for path in try Self.paths(at: place) {
      let bytes = try TextFile.bytes(of: path)
      guard let text = String(validating: bytes, as: UTF8.self) else {
        throw CommandFailure("\(path): not UTF-8 text", code: ExitCode.badData)
      }
      files.append((path, text))
    }
    self.files = files
  }

  func load() async throws(Diagnostics) -> [LoadedWorkflow] {
    let workflows = try Self.loader.load(files: files, named: Self.namedFile)
    let problems = await ScriptChecks.problems(in: workflows)
    if !problems.isEmpty { throw Diagnostics(problems) }
    return workflows
  }

  /// `consequence` is what follows when one of the files is wrong.
  func load(otherwise consequence: String) async throws(CommandFailure) -> [LoadedWorkflow] {
    do { return try await load() } catch { throw CommandFailure(error, consequence: consequence) }
  }

  private static func namedFile(_ path: String) -> Result<String, NamedFileProblem> {
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
