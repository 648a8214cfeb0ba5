// A schema with values that fit it and others that do not, for the tables of these tests.

import JSONCodec
import JSONValidation
import Testing

struct SchemaExample: Sendable, CustomTestStringConvertible {
  let schema: String
  let valid: [String]
  let invalid: [String]
  let draft: JSONSchemaDraft?
  var testDescription: String { schema }

  init(_ schema: String, draft: JSONSchemaDraft? = nil, valid: [String] = [], not invalid: [String] = []) {
    (self.schema, self.draft, self.valid, self.invalid) = (schema, draft, valid, invalid)
  }

  func check() throws {
    let schema = try JSONSchema(JSON.parse(schema), draft: draft)
    for text in valid {
      #expect(schema.failures(of: try JSON.parse(text)) == [], "\(text) should fit")
    }
    for text in invalid {
      #expect(schema.failures(of: try JSON.parse(text)) != [], "\(text) should not fit")
    }
  }
}
