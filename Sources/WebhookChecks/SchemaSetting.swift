// `schema`: the form that a webhook's data must have.

import JSONCodec
package import JSONValidation
import Workflows

package struct SchemaSetting: Sendable {
  package let schema: JSONSchema

  static let schema: JSON = [
    "description": "A JSON Schema for the data; what does not fit it gets 422.", "type": ["object", "boolean"],
  ]

  static func read(_ reader: inout SettingsReader) -> SchemaSetting? {
    guard let text = reader.verbatim("schema") else { return nil }
    do throws(JSONSchemaProblem) {
      return SchemaSetting(schema: try JSONSchema(text))
    } catch {
      reader.report("\"schema\": \(error.message)", at: "schema", pointer: error.pointer)
      return nil
    }
  }
}
