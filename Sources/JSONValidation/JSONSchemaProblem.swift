// What the author of a schema and the sender of a body are told.

/// Why a schema cannot be used.
package struct JSONSchemaProblem: Error, Sendable, Equatable, CustomStringConvertible {
  package let message: String
  /// A JSON Pointer (RFC 6901) into the schema; empty for the whole.
  package let pointer: String

  package init(_ message: String, at pointer: String) {
    self.message = message
    self.pointer = pointer
  }

  package var description: String { pointer.isEmpty ? message : "\(pointer): \(message)" }
}

/// Why a value does not fit.
package struct SchemaFailure: Sendable, Equatable, CustomStringConvertible {
  /// A JSON Pointer (RFC 6901) into the value; empty for the whole.
  package let instancePointer: String
  /// A JSON Pointer to the keyword where it stands in the schema, references followed.
  package let schemaPointer: String
  /// One line of bounded length.
  package let message: String

  package init(instancePointer: String, schemaPointer: String, message: String) {
    self.instancePointer = instancePointer
    self.schemaPointer = schemaPointer
    self.message = message
  }

  package var description: String { instancePointer.isEmpty ? message : "\(instancePointer): \(message)" }
}
