// A compiled condition: of a trigger's `when`, which ingest evaluates, and of the branching nodes.

import JSONCodec

package struct Condition: Sendable {
  indirect enum Form: Sendable {
    case all([Form])
    case any([Form])
    case not(Form)
    case comparison(Comparison)
  }

  let form: Form
  package let references: [Reference]
  /// The condition in JavaScript, which the engine evaluates; its structure is empty then.
  package let expression: String?

  init(form: Form, references: [Reference]) {
    self.form = form
    self.references = references
    expression = nil
  }

  init(expression: String) {
    form = .all([])
    references = []
    self.expression = expression
  }

  /// Looks no further than the outcome needs.
  package func evaluate(_ scope: any VariableScope) throws(TemplateError) -> Bool {
    try form.holds(in: scope)
  }
}

extension Condition.Form {
  func holds(in scope: any VariableScope) throws(TemplateError) -> Bool {
    switch self {
    case .all(let forms):
      for form in forms where !(try form.holds(in: scope)) { return false }
      return true
    case .any(let forms):
      for form in forms where try form.holds(in: scope) { return true }
      return false
    case .not(let form): return !(try form.holds(in: scope))
    case .comparison(let comparison): return try comparison.holds(in: scope)
    }
  }
}
