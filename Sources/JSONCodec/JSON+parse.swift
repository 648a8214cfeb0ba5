// Bodies enter here: ingest only validates them, the worker parses them to look inside.
import CSimdjson

extension JSON {
  /// Validates a whole document, UTF-8 included, and gives it back as a slice that is read lazily.
  package static func parse(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) -> JSON {
    .source(JSONSlice(document: try JSONDocument(bytes, limits: limits), index: 0))
  }

  package static func parse(_ text: String, limits: JSONLimits = .standard) throws(JSONError) -> JSON {
    try parse(Array(text.utf8), limits: limits)
  }

  /// The same validation without a result, and without an allocation once a thread has seen a few documents.
  package static func validate(
    _ bytes: UnsafeRawBufferPointer, limits: JSONLimits = .standard
  ) throws(JSONError) {
    defer { json_finish() }
    if let failure = JSONDocument.scan(bytes, limits: limits) { throw failure }
  }

  package static func validate(_ bytes: [UInt8], limits: JSONLimits = .standard) throws(JSONError) {
    let failure = bytes.withUnsafeBytes { bytes in
      defer { json_finish() }
      return JSONDocument.scan(bytes, limits: limits)
    }
    if let failure { throw failure }
  }
}
