// Whether a webhook's body has the shape that its workflow asks for. The schema is compiled when the workflow is
// loaded, so that a request looks nothing up and allocates next to nothing.

package import JSONCodec

/// A JSON Schema of draft 6, 7, 2019-09 or 2020-12 (json-schema.org).
///
/// `format` is checked in all drafts, for the formats that `TextFormat` lists. `pattern` is ECMA-262 as far as it can
/// be matched in linear time: without looking ahead or behind and without back-references. `$ref` reaches this schema,
/// what has an `$id` in it, and the drafts' own schemas; nothing is ever fetched. Numbers are compared digit by digit.
package struct JSONSchema: Sendable {
  private let nodes: [SchemaNode]
  private let limits: JSONSchemaLimits

  /// Checks the schema and compiles it. Unknown keywords mean nothing, known ones must have their form.
  ///
  /// Without a `draft` the schema's `$schema` says what it is. If it has none, it is of 2020-12, or of draft 7 if it
  /// uses keywords that only older drafts have; then the keywords of all drafts count.
  package init(
    _ schema: JSON, draft: JSONSchemaDraft? = nil, limits: JSONSchemaLimits = .standard
  ) throws(JSONSchemaProblem) {
    var forms = SchemaForms(limits: limits)
    try forms.check(schema)
    let dialect = try SchemaDialect(of: schema, draft: draft, styles: forms.styles)
    try dialect.check(forms.styles)
    var compiler = SchemaCompiler(places: try SchemaPlaces(schema, dialect: dialect, limits: limits))
    nodes = try compiler.compile()
    self.limits = limits
  }

  /// What is wrong with a value, in the order it is found; nothing if it fits. It ends at `limit` failures.
  ///
  /// A repeated key must fit with each of its values. What takes too much work, or nests too deep, fails. Each failure
  /// costs another look through the body for its pointer.
  package func failures(of instance: JSON, limit: Int = 10) -> [SchemaFailure] {
    do throws(JSONError) {
      var validation = Validation(
        of: try JSONTokens(instance), by: nodes, limits: limits, mostFailures: max(limit, 1))
      return validation.failures()
    } catch {
      return [SchemaFailure(instancePointer: "", schemaPointer: "", message: "cannot be checked: \(error.message)")]
    }
  }
}
