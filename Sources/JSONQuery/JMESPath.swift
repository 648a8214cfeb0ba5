// Takes values out of a document and puts them together anew by a JMESPath such as `items[?price < 10].name`.

package import JSONCodec

/// A query of jmespath.org's specification, with all its functions.
///
/// Where the specification leaves room it does what the reference implementation in Python does: `<` and its like order
/// strings, too, and `[a, b]` and `{a: b}` after a dot end a projection. But `!a.b` is `!(a.b)`, all that follows a `.*`
/// is done with each value, and slices always project.
package struct JMESPath: Sendable {
  private let expression: Expression

  /// Names and numbers of arguments of functions are checked here, too.
  package init(_ text: String) throws(QuerySyntaxError) {
    var parser = JMESPathParser(tokens: try JMESPathLexer.tokens(of: text))
    expression = try parser.parse()
  }

  /// The answer; null where nothing is found.
  package func value(in document: JSON) throws(QueryError) -> JSON {
    var evaluation = JMESPathEvaluation()
    return try evaluation.answer(to: expression, for: document)
  }
}
