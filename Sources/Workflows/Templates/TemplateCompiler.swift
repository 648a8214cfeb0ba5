// Compiles values of a workflow file to templates, with every problem and every reference at its place in the file.

import JSONCodec

struct TemplateCompiler {
  private(set) var problems: [(position: SourcePosition, error: TemplateSyntaxError)] = []
  private(set) var references: [(position: SourcePosition, reference: Reference)] = []

  mutating func template(_ value: SourceValue) -> Template {
    let before = references.count
    let form = form(value)
    return Template(form: form, references: references[before...].map(\.reference))
  }

  /// Parts without placeholders become one literal.
  mutating func form(_ value: SourceValue) -> Template.Form {
    switch value.content {
    case .null, .bool, .number: return .literal(value.json)
    case .string(let string):
      let text = text(string, at: { value.position(ofScalar: $0) })
      return text.literal.map { .literal(.string($0)) } ?? .text(text)
    case .list(let values):
      let forms = values.map { form($0) }
      let literals = forms.compactMap(\.literal)
      return literals.count == forms.count ? .literal(.array(literals)) : .list(forms)
    case .mapping(let members):
      var forms: [(key: TemplateText, value: Template.Form)] = []
      for member in members {
        let keyText = SourceValue(.string(member.key), at: member.keyPosition, in: member.value.text)
        forms.append((text(member.key, at: { keyText.position(ofScalar: $0) }), form(member.value)))
      }
      let literals = forms.compactMap { form in
        form.key.literal.flatMap { key in form.value.literal.map { (key, $0) } }
      }
      return literals.count == forms.count ? .literal(.object(JSONObject(literals))) : .object(forms)
    }
  }

  private mutating func text(_ string: String, at position: (Int) -> SourcePosition) -> TemplateText {
    // Most strings have no placeholder, and need no look at their scalars.
    guard string.utf8.contains(UInt8(ascii: "{")) else { return TemplateText(pieces: [.literal(string)]) }
    var parser = TemplateTextParser(string)
    let text = parser.parse()
    references += parser.references.map { (position($0.offset), $0.reference) }
    problems += parser.problems.map { (position($0.offset), $0) }
    return text
  }
}

extension Template.Form {
  var literal: JSON? {
    if case .literal(let value) = self { value } else { nil }
  }
}
