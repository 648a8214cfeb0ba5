// Reads calls of functions, and checks their arguments as section 2.4.3 of RFC 9535 wants it.

import JSONCodec

extension JSONPathParser {
  private typealias Argument = (operand: Operand, start: Int)

  /// Begins at the parenthesis after the name.
  mutating func call(_ name: String, at start: Int) throws(QuerySyntaxError) -> Operand {
    guard let function = JSONPath.Function(rawValue: name) else {
      let names = JSONPath.Function.allCases.map(\.rawValue).joined(separator: ", ")
      throw text.error("there is no function \"\(name)\"; there are \(names)", at: start)
    }
    let arguments = try arguments()
    guard arguments.count == function.parameterCount else {
      let expected = function.parameterCount == 1 ? "1 argument" : "\(function.parameterCount) arguments"
      throw text.error("\(name)() takes \(expected), not \(arguments.count)", at: start)
    }
    switch function {
    case .length: return .value(.length(try value(arguments[0].operand, at: arguments[0].start)))
    case .count: return .value(.count(try query(arguments[0], for: name)))
    case .value: return .value(.only(try query(arguments[0], for: name)))
    case .match, .search:
      let subject = try value(arguments[0].operand, at: arguments[0].start)
      let pattern = try pattern(arguments[1])
      return .match(JSONPath.Match(subject: subject, pattern: pattern, isWhole: function == .match))
    }
  }

  private mutating func arguments() throws(QuerySyntaxError) -> [Argument] {
    try nesting.enter(at: text.column)
    defer { nesting.leave() }
    text.index += 1
    text.skipBlanks()
    var arguments: [Argument] = []
    if text.skip(")") { return arguments }
    repeat {
      text.skipBlanks()
      let start = text.index
      arguments.append((try operand(), start))
      text.skipBlanks()
    } while text.skip(",")
    guard text.skip(")") else { throw text.unexpected("\",\" or \")\"") }
    return arguments
  }

  private func query(_ argument: Argument, for name: String) throws(QuerySyntaxError) -> JSONPath.Query {
    guard case .query(let query) = argument.operand else {
      throw text.error("\(name)() takes a query such as @.items[*]", at: argument.start)
    }
    return query
  }

  private func pattern(_ argument: Argument) throws(QuerySyntaxError) -> JSONPath.Match.Pattern {
    guard case .literal(let literal) = argument.operand, let pattern = literal.stringValue else {
      return .computed(try value(argument.operand, at: argument.start))
    }
    do throws(IRegexpError) {
      return .literal(try RegularExpression(pattern))
    } catch {
      throw text.error("this is no regular expression of RFC 9485: \(error.message)", at: argument.start)
    }
  }
}
