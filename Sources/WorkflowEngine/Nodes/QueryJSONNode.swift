// `query-json`: finds parts of a JSON value with JSONPath (RFC 9535) or JMESPath.

import JSONCodec
import JSONQuery
import Workflows

struct QueryJSONNode: RunnableSettings {
  private enum Query: Sendable {
    case jsonpath(JSONPath)
    case jmespath(JMESPath)
  }

  private let source: Template?
  private let query: Query
  private let takesFirst: Bool

  static let type = NodeType(name: "query-json", schema: schema) { read(&$0) }

  static let schema = SettingsSchema.object([
    ("source", SettingsSchema.value("What is searched; by default $context.data.")),
    ("jsonpath", SettingsSchema.code("A JSONPath query (RFC 9535); the result is the list of what it finds.")),
    ("jmespath", SettingsSchema.code("Or a JMESPath expression; the result is what it gives.")),
    ("first", SettingsSchema.boolean("True gives the first of a list, or null.", default: false)),
  ])

  private static func read(_ reader: inout SettingsReader) -> any NodeSettings {
    let source = reader.has("source") ? reader.template("source") : nil
    let first = reader.boolean("first", default: false)
    guard let query = query(&reader) else { return UnreadSettings() }
    return QueryJSONNode(source: source, query: query, takesFirst: first)
  }

  private static func query(_ reader: inout SettingsReader) -> Query? {
    let jsonpath = reader.foreign("jsonpath")
    let jmespath = reader.foreign("jmespath")
    do throws(QuerySyntaxError) {
      switch (jsonpath, jmespath) {
      case (let text?, nil): return .jsonpath(try JSONPath(text))
      case (nil, let text?): return .jmespath(try JMESPath(text))
      case (nil, nil):
        if !reader.has("jsonpath"), !reader.has("jmespath") {
          reader.report("a query needs \"jsonpath\" or \"jmespath\"")
        }
      case (_?, _?): reader.report("a query has \"jsonpath\" or \"jmespath\", not both", at: "jmespath")
      }
    } catch {
      reader.report("\(error)", at: jsonpath == nil ? "jmespath" : "jsonpath")
    }
    return nil
  }

  func start(_ run: NodeRun) throws -> NodeStep {
    let document = try source?.evaluate(run.scope) ?? run.scope.value(of: .context("data")) ?? .null
    return .compute { [query, takesFirst] _ in
      // A large document takes a while, and executions share their thread.
      let found = try await withTaskExecutorPreference(globalConcurrentExecutor) { try Self.find(query, in: document) }
      return Computed(step: .value(takesFirst && found.kind == .array ? found.elements.first ?? .null : found))
    }
  }

  private static func find(_ query: Query, in document: JSON) throws -> JSON {
    do throws(QueryError) {
      switch query {
      case .jsonpath(let path): return .array(try path.nodes(in: document))
      case .jmespath(let expression): return try expression.value(in: document)
      }
    } catch {
      throw NodeFailure.failed(error.message)
    }
  }
}
