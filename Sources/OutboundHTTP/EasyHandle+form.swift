// multipart/form-data bodies, made by libcurl: it chooses the boundary and quotes the names.

import CCurl

extension EasyHandle {
  /// The form for CURLOPT_MIMEPOST, freed by the caller after the transfer. libcurl copies names and bytes.
  func makeForm(_ parts: [OutboundRequest.Part]) throws(OutboundError) -> OpaquePointer {
    guard let form = curl_mime_init(pointer) else { throw Self.noMemory }
    for part in parts {
      guard Self.add(part, to: form) else {
        curl_mime_free(form)
        throw Self.noMemory
      }
    }
    return form
  }

  private static func add(_ part: OutboundRequest.Part, to form: OpaquePointer) -> Bool {
    guard let field = curl_mime_addpart(form), curl_mime_name(field, part.name) == CURLE_OK else { return false }
    // The file name goes before the type: libcurl guesses the type from it when it is asked to send the part.
    if let filename = part.filename, curl_mime_filename(field, filename) != CURLE_OK { return false }
    if let contentType = part.contentType, curl_mime_type(field, contentType) != CURLE_OK { return false }
    return part.bytes.withUnsafeBytes { raw in
      guard let start = raw.baseAddress else { return curl_mime_data(field, "", 0) == CURLE_OK }
      return curl_mime_data(field, start.assumingMemoryBound(to: CChar.self), raw.count) == CURLE_OK
    }
  }

  private static let noMemory = OutboundError(kind: .other, message: "libcurl has no memory for the multipart body")
}
