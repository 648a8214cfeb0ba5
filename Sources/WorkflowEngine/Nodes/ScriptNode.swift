// `script`: JavaScript of the workflow's author, run in a process of its own.

import JSONCodec
import Scripting
import Workflows

struct ScriptNode: RunnableSettings {
  let code: ScriptCode
  let input: ScriptInput
  let args: Template?
  let environment: [String]
  let memory: Int?

  static let type = NodeType(name: "script", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object(
    [
      ("code", SettingsSchema.code("The body of an async function; docs/scripts.md tells what it sees.")),
      (
        "file",
        SettingsSchema.text("Or the path of a file with it, beside the workflow file; stored with the workflow.")
      ),
      ("args", SettingsSchema.mapping("Values with templates, read as args.")),
      ("env", SettingsSchema.names("The names of $env that the script may read.")),
      ("memory", SettingsSchema.size("The most that it may use; by default what MILLRACE_SCRIPT_MEMORY says.")),
    ])

  private static let smallestMemory = 16 << 20

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let code = code(&reader)
    let args = reader.has("args") ? reader.template("args") : nil
    let environment = reader.strings("env")
    let memory = reader.size("memory")
    if let memory, memory < smallestMemory { reader.report("\"memory\" must be at least 16MB", at: "memory") }
    guard let code else { return UnreadSettings() }
    let script = ScriptCode(.script, code)
    return ScriptNode(
      code: script, input: ScriptInput([script]), args: args, environment: environment, memory: memory)
  }

  private static func code(_ reader: inout SettingsReader) -> String? {
    switch (reader.has("code"), reader.has("file")) {
    case (true, false): return reader.code("code", isExpression: false)
    case (false, true): return reader.code(fromFile: "file")
    case (true, true): reader.report("a script has \"code\" or \"file\", not both", at: "file")
    case (false, false): reader.report("a script needs \"code\" or \"file\"")
    }
    return nil
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let bytes = try input.bytes(run.scope, args: args, environment: environment)
    let call = ScriptCall([code], input: bytes, timeLimit: run.node.timeout, memoryLimit: memory)
    return .compute { services in
      let outcome = try await services.outcome(of: call)
      let console = outcome.console.isEmpty ? JSON.null : try JSON.parse(outcome.console)
      guard let result = outcome.results.first else { throw NodeFailure.error("its runner gave no result") }
      do {
        return Computed(step: .value(try JSON(script: result)), console: console)
      } catch let failure as NodeFailure {
        throw console.isNull ? failure : failure.adding([("console", console)])
      }
    }
  }
}
