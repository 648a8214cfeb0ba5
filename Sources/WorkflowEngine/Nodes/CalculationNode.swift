// `calculation`: one value from a JavaScript expression or a template.

import JSONCodec
import Scripting
import Workflows

struct CalculationNode: RunnableSettings {
  private enum Source: Sendable {
    case expression(ScriptCode, ScriptInput, environment: [String])
    case template(Template)
  }

  private let source: Source

  static let type = NodeType(name: "calculation", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("expression", SettingsSchema.code("A JavaScript expression.")),
    ("env", SettingsSchema.names("The names of $env that the expression may read.")),
    ("template", SettingsSchema.value("Or a value with templates.")),
  ])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let expression = reader.code("expression", isExpression: true)
    let environment = reader.strings("env")
    let template = reader.has("template") ? reader.template("template") : nil
    switch (expression, template) {
    case (let expression?, nil):
      let code = ScriptCode(.expression, expression)
      return CalculationNode(source: .expression(code, ScriptInput([code]), environment: environment))
    case (nil, let template?):
      if reader.has("env") {
        reader.report("\"env\" goes with \"expression\"; a template reads $env itself", at: "env")
      }
      return CalculationNode(source: .template(template))
    case (nil, nil):
      if !reader.has("expression") { reader.report("a calculation needs \"expression\" or \"template\"") }
    case (_?, _?):
      reader.report("a calculation has \"expression\" or \"template\", not both", at: "template")
    }
    return UnreadSettings()
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    switch source {
    case .template(let template): return .value(try template.evaluate(run.scope))
    case .expression(let code, let input, let environment):
      let bytes = try input.bytes(run.scope, environment: environment)
      let call = ScriptCall([code], input: bytes, timeLimit: run.node.timeout)
      return .compute { services in
        guard let result = try await services.outcome(of: call).results.first else {
          throw NodeFailure.error("its runner gave no result")
        }
        return Computed(step: .value(try JSON(script: result)))
      }
    }
  }
}
