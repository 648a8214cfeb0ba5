// What a body may cost before it is refused, whatever its size allows.

package import JSONCodec

package struct BodyLimits: Sendable {
  /// Of JSON.
  package var json = JSONLimits.standard
  /// Brackets in the keys of forms and queries.
  package var depth = 32
  /// Keys of a form or query.
  package var keys = 1000
  /// Parts of a multipart form.
  package var parts = 1000
  /// Bytes of one part's headers.
  package var partHeaders = 16 * 1024

  package init() {}

  package static let standard = BodyLimits()
}

/// Why a body or a query cannot be read.
package struct BodyError: Error, Sendable, Equatable, CustomStringConvertible {
  package enum Kind: Sendable {
    case malformed, tooDeep, tooMany, charset
  }

  package let kind: Kind
  package let message: String
  /// In bytes from the beginning of the body or query.
  package let offset: Int

  package init(_ kind: Kind, _ message: String, at offset: Int = 0) {
    self.kind = kind
    self.message = message
    self.offset = offset
  }

  package var description: String { "\(message) (at byte \(offset))" }
}
