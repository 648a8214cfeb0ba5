// Calls the functions of JMESPath: their arguments are checked here; what each does stands in the other extensions.

import JSONCodec

extension JMESPathEvaluation {
  mutating func result(of call: JMESPath.Call, for current: JSON) throws(QueryError) -> JSON {
    let arguments = try arguments(of: call, for: current)
    let first = arguments[0]
    switch call.function {
    case .abs: return absolute(first)
    case .avg: return try average(first)
    case .ceil: return try rounded(first, .up)
    case .contains: return .bool(try contains(first, arguments[1]))
    case .endsWith: return .bool(try bytes(first).reversed().starts(with: try bytes(arguments[1]).reversed()))
    case .floor: return try rounded(first, .down)
    case .join: return .string(try join(arguments[1], with: first))
    case .keys: return .array(try budget.members(of: first).map { .string($0.key) })
    case .length: return .int(Int64(try budget.length(of: first) ?? 0))
    case .map: return .array(try values(of: arguments[1], by: call.arguments[0]))
    case .max, .maxBy, .min, .minBy: return try extreme(of: first, for: call)
    case .merge: return try merge(arguments)
    case .notNull: return arguments.first { !$0.isNull } ?? .null
    case .reverse: return try reversed(first)
    case .sort, .sortBy: return .array(try sorted(first, for: call))
    case .startsWith: return .bool(try bytes(first).starts(with: try bytes(arguments[1])))
    case .sum: return try sum(first)
    case .toArray: return first.kind == .array ? first : [first]
    case .toNumber: return try number(first)
    case .toString: return .string(try text(first))
    case .type: return .string(first.kind.name)
    case .values: return .array(try budget.children(of: first))
    }
  }

  /// Null where the function takes an expression.
  private mutating func arguments(of call: JMESPath.Call, for current: JSON) throws(QueryError) -> [JSON] {
    let parameters = call.function.parameters
    var arguments: [JSON] = []
    for (position, expression) in call.arguments.enumerated() {
      let parameter = parameters[min(position, parameters.count - 1)]
      if parameter == .expression {
        arguments.append(.null)
      } else {
        let argument = try value(expression, of: current)
        try check(argument, as: parameter, of: call)
        arguments.append(argument)
      }
    }
    return arguments
  }

  private mutating func check(
    _ argument: JSON, as parameter: JMESPath.Parameter, of call: JMESPath.Call
  ) throws(QueryError) {
    guard parameter.accepts(argument.kind) else { throw call.error(expected: parameter.rawValue, found: argument) }
    guard let elementKind = parameter.elementKind else { return }
    for element in try budget.children(of: argument) where element.kind != elementKind {
      throw call.error(expected: parameter.rawValue, found: element, where: " in it")
    }
  }

  /// What an expression makes of each element, nulls included.
  mutating func values(of array: JSON, by expression: JMESPath.Expression) throws(QueryError) -> [JSON] {
    var values: [JSON] = []
    for element in try budget.children(of: array) { values.append(try value(expression, of: element)) }
    return values
  }
}

extension JMESPath.Call {
  func error(expected: String, found: JSON, where place: String = "") -> QueryError {
    let found = "\(found.kind.description)\(place)"
    return QueryError(
      kind: .type, message: "\(function.rawValue)() in column \(column) takes \(expected), but found \(found)")
  }
}
