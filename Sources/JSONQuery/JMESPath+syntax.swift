// What a JMESPath is made of. Each expression is something done with a current value.

import JSONCodec

extension JMESPath {
  indirect enum Expression: Sendable {
    case current
    case literal(JSON)
    case field(String)
    case index(Int)
    /// Each with what the one before gave: dots, brackets and pipes.
    case chain([Expression])
    /// The values of a source, each put through an expression, without nulls.
    case projection(Source, Expression)
    case any([Expression])
    case all([Expression])
    case not(Expression)
    case comparison(Expression, ComparisonOperator, Expression)
    case list([Expression])
    case object([(key: String, value: Expression)])
    case call(Call)

    /// This expression, then another; chains stay flat, however long.
    func then(_ next: Expression) -> Expression {
      switch self {
      case .current: next
      case .chain(let steps): .chain(steps + [next])
      default: .chain([self, next])
      }
    }
  }

  /// Where a projection takes its values from.
  enum Source: Sendable {
    case elements
    case slice(Slice)
    case matching(Expression)
    /// The elements, and the elements of those that are arrays themselves.
    case flattened
    /// The values of an object's members.
    case memberValues
  }

  struct Call: Sendable {
    let function: Function
    /// One written with `&` is not the argument itself, but what the function puts values through.
    let arguments: [Expression]
    let column: Int
  }
}
