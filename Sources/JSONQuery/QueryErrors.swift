// What the author of a query is told: that it cannot be read, or that it has no answer for a document.

/// Why a text is no query, and where.
package struct QuerySyntaxError: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  /// Counted from 1, in Unicode scalars.
  package let column: Int

  package init(message: String, column: Int) {
    self.message = message
    self.column = column
  }

  package var description: String { "column \(column): \(message)" }
}

/// Why a query has no answer for this document.
package struct QueryError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    /// A function was given a value of a type that it does not take.
    case type
    /// The answer takes more work than one evaluation may cost, or is too large itself.
    case limit
  }

  package let kind: Kind
  package let message: String

  package init(kind: Kind, message: String) {
    self.kind = kind
    self.message = message
  }

  package var description: String { message }
}
