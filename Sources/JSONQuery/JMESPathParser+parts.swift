// Reads what consists of several expressions: lists, objects and calls.

import JSONCodec

extension JMESPathParser {
  /// `[a, b]`
  mutating func list() throws(QuerySyntaxError) -> Expression {
    var expressions: [Expression] = []
    repeat {
      advance()
      expressions.append(try expression())
    } while current.symbol == .comma
    guard skip(.closingBracket) else { throw unexpected("an operator, \",\" or \"]\"") }
    return .list(expressions)
  }

  /// `{name: a, "other name": b}`
  mutating func object() throws(QuerySyntaxError) -> Expression {
    var members: [(key: String, value: Expression)] = []
    repeat {
      advance()
      let key = try key()
      guard skip(.colon) else { throw unexpected("\":\"") }
      members.append((key, try expression()))
    } while current.symbol == .comma
    guard skip(.closingBrace) else { throw unexpected("an operator, \",\" or \"}\"") }
    return .object(members)
  }

  private mutating func key() throws(QuerySyntaxError) -> String {
    switch current.content {
    case .name(let name), .quotedName(let name):
      advance()
      return name
    default: throw unexpected("a name")
    }
  }

  /// Begins at the parenthesis after the name.
  mutating func call(_ name: String, at column: Int) throws(QuerySyntaxError) -> Expression {
    guard let function = JMESPath.Function(rawValue: name) else {
      let names = JMESPath.Function.allCases.map(\.rawValue).sorted().joined(separator: ", ")
      throw QuerySyntaxError(message: "there is no function \"\(name)\"; there are \(names)", column: column)
    }
    let arguments = try arguments(of: function)
    let count = function.parameters.count
    guard arguments.count == count || (function.isVariadic && arguments.count > count) else {
      let expected = "\(count) argument\(count == 1 ? "" : "s")\(function.isVariadic ? " or more" : "")"
      throw QuerySyntaxError(message: "\(name)() takes \(expected), not \(arguments.count)", column: column)
    }
    return .call(JMESPath.Call(function: function, arguments: arguments, column: column))
  }

  private mutating func arguments(of function: JMESPath.Function) throws(QuerySyntaxError) -> [Expression] {
    var arguments: [Expression] = []
    advance()
    if skip(.closingParenthesis) { return arguments }
    repeat {
      let parameters = function.parameters
      let parameter = arguments.count < parameters.count ? parameters[arguments.count] : .any
      let column = current.column
      let isExpression = skip(.ampersand)
      guard isExpression == (parameter == .expression) else {
        throw QuerySyntaxError(message: "\(function.rawValue)() takes \(parameter.rawValue) here", column: column)
      }
      arguments.append(try expression())
    } while skip(.comma)
    guard skip(.closingParenthesis) else { throw unexpected("an operator, \",\" or \")\"") }
    return arguments
  }
}
