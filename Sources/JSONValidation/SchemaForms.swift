// The first look at a schema: each keyword has its form, and nothing is too large. It is also how a value is checked
// against a draft's own schema, which says no more than that.

import JSONCodec

struct SchemaForms {
  let limits: JSONSchemaLimits
  private(set) var styles: Set<KeywordStyle> = []
  private var count = 0

  init(limits: JSONSchemaLimits) {
    self.limits = limits
  }

  mutating func check(_ schema: JSON, at pointer: String = "", depth: Int = 1) throws(JSONSchemaProblem) {
    count += 1
    guard count <= limits.schemas else {
      throw JSONSchemaProblem("the schema has more than \(limits.schemas) schemas in it", at: pointer)
    }
    guard depth <= limits.schemaDepth else {
      throw JSONSchemaProblem("the schema is nested more than \(limits.schemaDepth) levels deep", at: pointer)
    }
    guard schema.kind != .bool else { return }
    guard schema.kind == .object else {
      throw JSONSchemaProblem("must be a schema: an object, true or false", at: pointer)
    }
    for (keyword, value) in schema.members {
      guard let form = KeywordForm.all[keyword] else { continue }
      let place = pointer + "/" + keyword
      if let style = KeywordStyle(keyword: keyword, value: value, at: place) { styles.insert(style) }
      if let fault = form.fault(of: value) { throw JSONSchemaProblem(fault, at: place) }
      for (inner, names) in form.nameLists(in: value) {
        if let fault = KeywordForm.names.fault(of: names) { throw JSONSchemaProblem(fault, at: place + inner) }
      }
      for (inner, schema) in form.schemas(in: value) {
        try check(schema, at: place + inner, depth: depth + 1)
      }
    }
  }
}
