// Finds parts of a document by a JSONPath such as `$.items[?@.price < 10].name`.

package import JSONCodec

/// A query of RFC 9535, with its five functions.
///
/// It is the RFC's language but for two things. A pattern that stands in the query itself and is no I-Regexp of RFC 9485
/// is refused with the query, where the RFC has it match nothing. White space may stand inside the brackets of a query
/// that is compared.
package struct JSONPath: Sendable {
  private let query: Query

  package init(_ text: String) throws(QuerySyntaxError) {
    var parser = try JSONPathParser(text)
    query = try parser.parse()
  }

  /// The values it finds, in the order of the RFC; a value that is found twice is there twice.
  package func nodes(in document: JSON) throws(QueryError) -> [JSON] {
    var evaluation = JSONPathEvaluation(document: document)
    return try evaluation.answer(to: query)
  }
}
