// Reads a condition of a workflow file: `all`, `any`, `not`, and `[left, operator, right]`; or JavaScript as a text.

import JSONCodec

struct ConditionReading {
  let session: LoadingSession
  let allowsJavaScript: Bool

  func condition(_ value: SourceValue) -> Condition? {
    if allowsJavaScript, let text = value.string { return expression(text, in: value) }
    guard let (form, references) = form(value) else { return nil }
    return Condition(form: form, references: references)
  }

  private func expression(_ text: String, in value: SourceValue) -> Condition? {
    if !text.contains(where: { !$0.isWhitespace }) {
      session.report("a condition must not be empty", at: value.position)
      return nil
    }
    if text.contains("{{") {
      session.report(
        "JavaScript has no placeholders: write $context.data.x instead of {{$context.data.x}}", at: value.position)
      return nil
    }
    session.add(code: text, isExpression: true, in: .inside(value))
    return Condition(expression: text)
  }

  private typealias Read = (form: Condition.Form, references: [Reference])

  private func form(_ value: SourceValue) -> Read? {
    switch value.content {
    case .mapping(let members): return group(members, at: value.position)
    case .list(let values): return comparison(values, at: value.position)
    case .string:
      session.report(
        allowsJavaScript
          ? "JavaScript can be the whole condition, not a part of one: write \"(…) && (…)\""
          : "a trigger's condition cannot be JavaScript, because ingest runs none; write [left, operator, right]",
        at: value.position)
      return nil
    default:
      session.report(
        "a condition is [left, operator, right], or a mapping with \"all\", \"any\" or \"not\"; not \(value.kindName)",
        at: value.position)
      return nil
    }
  }

  private func group(_ members: [SourceMember], at position: SourcePosition) -> Read? {
    let names = ["all", "any", "not"]
    for member in members where !names.contains(member.key) {
      let suggestion = Suggestion.text(for: member.key, among: names)
      session.report(
        "a condition has no \"\(member.key)\"\(suggestion.isEmpty ? "; it has all, any, not" : suggestion)",
        at: member.keyPosition)
    }
    let known = members.filter { names.contains($0.key) }
    guard let member = known.first, known.count == 1 else {
      if known.count > 1 {
        session.report(
          "a condition has one of \"all\", \"any\" and \"not\"; put one inside the other", at: known[1].keyPosition)
      } else if members.isEmpty {
        session.report("a condition needs \"all\", \"any\" or \"not\"", at: position)
      }
      return nil
    }
    if member.key == "not" { return form(member.value).map { (.not($0.form), $0.references) } }
    guard let parts = conditions(member) else { return nil }
    let forms = parts.map(\.form)
    return (member.key == "all" ? .all(forms) : .any(forms), parts.flatMap(\.references))
  }

  private func conditions(_ member: SourceMember) -> [Read]? {
    guard let values = member.value.list else {
      session.report(
        "\"\(member.key)\" takes a list of conditions, not \(member.value.kindName)", at: member.value.position)
      return nil
    }
    guard !values.isEmpty else {
      session.report("\"\(member.key)\" needs at least one condition", at: member.value.position)
      return nil
    }
    if let first = values.first, first.list == nil, first.members == nil, values.count >= 2 {
      session.report(
        "\"\(member.key)\" takes a list of conditions: write [[left, operator, right]]", at: member.value.position)
      return nil
    }
    let parts = values.map { form($0) }
    return parts.contains { $0 == nil } ? nil : parts.compactMap(\.self)
  }

  private func comparison(_ values: [SourceValue], at position: SourcePosition) -> Read? {
    let looksLikeList = values.allSatisfy { $0.list != nil || $0.members != nil }
    guard !values.isEmpty, !looksLikeList else {
      session.report(
        "a list of conditions needs a word for how they go together: write all: […] or any: […]", at: position)
      return nil
    }
    guard values.count >= 2, values.count <= 3 else {
      session.report("a comparison is [left, operator, right]; this list has \(values.count) entries", at: position)
      return nil
    }
    let left = session.template(values[0])
    let right = values.count == 3 ? session.template(values[2]) : nil
    guard let operation = operation(values[1]) else { return nil }
    guard operation.isUnary || right != nil else {
      session.report(
        "\"\(operation.rawValue)\" compares with something: [left, \(operation.rawValue), right]", at: position)
      return nil
    }
    guard !operation.isUnary || right == nil else {
      session.report(
        "\"\(operation.rawValue)\" looks at one value: [value, \(operation.rawValue)]", at: values[2].position)
      return nil
    }
    var pattern: Pattern?
    if operation == .matches {
      pattern = self.pattern(values[2])
      if pattern == nil { return nil }
    }
    let comparison = Comparison(left: left, operator: operation, right: right, pattern: pattern)
    return (.comparison(comparison), left.references + (right?.references ?? []))
  }

  private func operation(_ value: SourceValue) -> ConditionOperator? {
    guard let name = value.string else {
      session.report("an operator such as equal must stand here, not \(value.kindName)", at: value.position)
      return nil
    }
    if let operation = ConditionOperator(name: name) { return operation }
    let suggestion = Suggestion.text(for: name, among: ConditionOperator.allNames)
    let hint = suggestion.isEmpty ? "; there are \(ConditionOperator.allNames.joined(separator: " "))" : suggestion
    session.report("there is no operator \"\(name)\"\(hint)", at: value.position)
    return nil
  }

  private func pattern(_ value: SourceValue) -> Pattern? {
    guard let text = value.string, !text.contains("{{") else {
      session.report("\"matches\" takes a regular expression as plain text, without placeholders", at: value.position)
      return nil
    }
    if let pattern = Pattern(text) { return pattern }
    session.report("\"\(text)\" is no valid regular expression", at: value.position)
    return nil
  }
}
