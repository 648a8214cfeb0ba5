// A value with placeholders, compiled when its workflow is loaded: what a node sends is worked out from it, and nothing
// is converted that nobody asked for.

package import JSONCodec

package struct Template: Sendable {
  indirect enum Form: Sendable {
    case literal(JSON)
    case text(TemplateText)
    case list([Form])
    case object([(key: TemplateText, value: Form)])
  }

  let form: Form
  /// Every path in it, in order.
  package let references: [Reference]

  init(form: Form, references: [Reference]) {
    self.form = form
    self.references = references
  }

  package static func literal(_ value: JSON) -> Template {
    Template(form: .literal(value), references: [])
  }

  /// Compiles a value whose strings and keys may hold placeholders.
  /// - Throws: the first problem; its offset counts in the string at fault.
  package init(parsing value: JSON) throws(TemplateSyntaxError) {
    var compiler = TemplateCompiler()
    let form = compiler.form(SourceValue(stored: value))
    if let problem = compiler.problems.first { throw problem.error }
    self.init(form: form, references: compiler.references.map(\.reference))
  }

  package var isLiteral: Bool {
    if case .literal = form { true } else { false }
  }

  /// The value, where it needs no scope.
  package var literalValue: JSON? {
    if case .literal(let value) = form { value } else { nil }
  }

  /// A template that is exactly one placeholder gives that value as it is; a missing one is null.
  package func evaluate(_ scope: any VariableScope) throws(TemplateError) -> JSON {
    try form.value(in: scope) ?? .null
  }

  /// Like `evaluate`, but nil where a template that is exactly one placeholder finds nothing.
  package func evaluateIfPresent(_ scope: any VariableScope) throws(TemplateError) -> JSON? {
    try form.value(in: scope)
  }

  /// The value as text: null as nothing, strings as they are, others as compact JSON.
  package func text(_ scope: any VariableScope) throws(TemplateError) -> String {
    if case .text(let text) = form { return try text.text(in: scope) }
    return try evaluate(scope).templateText
  }

  /// As the value of a header: a list gives one header for each of its elements; null gives none.
  package func headerValues(_ scope: any VariableScope) throws(TemplateError) -> [String] {
    let value = try evaluate(scope)
    return (value.kind == .array ? value.elements : [value]).filter { !$0.isNull }.map(\.templateText)
  }
}

extension Template.Form {
  fileprivate func value(in scope: any VariableScope) throws(TemplateError) -> JSON? {
    switch self {
    case .literal(let value): return value
    case .text(let text):
      if let sole = text.sole { return try sole.value(in: scope) }
      return .string(try text.text(in: scope))
    case .list(let forms):
      var values: [JSON] = []
      values.reserveCapacity(forms.count)
      for form in forms { values.append(try form.value(in: scope) ?? .null) }
      return .array(values)
    case .object(let forms):
      var members: [(String, JSON)] = []
      members.reserveCapacity(forms.count)
      for (key, form) in forms { members.append((try key.text(in: scope), try form.value(in: scope) ?? .null)) }
      return .object(JSONObject(members))
    }
  }
}
