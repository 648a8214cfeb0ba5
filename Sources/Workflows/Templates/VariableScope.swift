// Where a template finds its values: ingest answers for the request alone, the engine for a whole execution.

package import JSONCodec

/// The first part of a path, which its scope knows; the template walks the rest itself.
package enum VariableRoot: Sendable, Hashable {
  /// data, headers, query, params, method, path, clientAddress, rawBody
  case context(String)
  /// The result of the node with this key.
  case node(String)
  /// What the enclosing node with this key offers to the nodes inside it.
  case scope(String)
  /// now, executionId, workflow, version, attempt
  case system(String)
  case environment(String)
  case variable(String)
}

package protocol VariableScope {
  /// Nil where there is no such value: a node that did not run, a variable that is not set.
  func value(of root: VariableRoot) throws(TemplateError) -> JSON?
}

/// Why a template or a condition has no value.
package struct TemplateError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }

  package var description: String { message }
}

extension VariableRoot {
  static let contextFields = [
    "data", "headers", "query", "params", "method", "path", "clientAddress", "rawBody",
  ]
  static let systemNames = ["now", "executionId", "workflow", "version", "attempt"]
}
