// libcurl's handle of one transfer: every option goes through here and every refusal is an error.

import CCurl

/// Freed by its owner with `free()`; never while it is part of a running transfer.
struct EasyHandle: Hashable {
  let pointer: UnsafeMutableRawPointer

  init() throws(OutboundError) {
    guard let pointer = curl_easy_init() else {
      throw OutboundError(kind: .other, message: "libcurl has no memory for another request")
    }
    self.pointer = pointer
  }

  init(_ pointer: UnsafeMutableRawPointer) { self.pointer = pointer }

  func free() { curl_easy_cleanup(pointer) }

  /// Forgets all options; connections and caches are the multi handle's.
  func reset() { curl_easy_reset(pointer) }

  func set(_ option: CURLoption, _ value: Int) throws(OutboundError) {
    try check(millrace_curl_set_long(pointer, option, value), option)
  }

  func set(_ option: CURLoption, _ value: Bool) throws(OutboundError) { try set(option, value ? 1 : 0) }

  /// libcurl copies the text; nil takes the option back.
  func set(_ option: CURLoption, _ value: String?) throws(OutboundError) {
    try check(millrace_curl_set_string(pointer, option, value), option)
  }

  /// libcurl keeps the pointer; what it leads to must outlive the transfer.
  func set(_ option: CURLoption, pointer value: UnsafeMutableRawPointer?) throws(OutboundError) {
    try check(millrace_curl_set_pointer(pointer, option, value), option)
  }

  func set(_ option: CURLoption, list: UnsafeMutablePointer<curl_slist>?) throws(OutboundError) {
    try check(millrace_curl_set_list(pointer, option, list), option)
  }

  func set(_ option: CURLoption, callback: @escaping millrace_curl_data_callback) throws(OutboundError) {
    try check(millrace_curl_set_data_callback(pointer, option, callback), option)
  }

  func setOpenSocket(_ callback: @escaping millrace_curl_open_callback) throws(OutboundError) {
    try check(millrace_curl_set_open_callback(pointer, callback), CURLOPT_OPENSOCKETFUNCTION)
  }

  func setStart(_ callback: @escaping millrace_curl_start_callback) throws(OutboundError) {
    try check(millrace_curl_set_start_callback(pointer, callback), CURLOPT_PREREQFUNCTION)
  }

  /// Sets the body of a POST; libcurl copies it.
  func setBody(_ bytes: [UInt8]) throws(OutboundError) {
    try set(CURLOPT_POST, true)
    // The size goes first: it is how many bytes are copied.
    try check(
      millrace_curl_set_offset(pointer, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(bytes.count)),
      CURLOPT_POSTFIELDSIZE_LARGE)
    let code = bytes.withUnsafeBytes { raw in
      // An empty array has no address, and no address would mean "read it from a callback".
      guard let start = raw.baseAddress else { return millrace_curl_set_string(pointer, CURLOPT_COPYPOSTFIELDS, "") }
      return millrace_curl_set_pointer(pointer, CURLOPT_COPYPOSTFIELDS, UnsafeMutableRawPointer(mutating: start))
    }
    try check(code, CURLOPT_COPYPOSTFIELDS)
  }

  func long(_ info: CURLINFO) -> Int {
    var value = 0
    return millrace_curl_get_long(pointer, info, &value) == CURLE_OK ? value : 0
  }

  /// One of the `_TIME_T` values, in microseconds.
  func microseconds(_ info: CURLINFO) -> Int {
    var microseconds: curl_off_t = 0
    return millrace_curl_get_offset(pointer, info, &microseconds) == CURLE_OK ? Int(microseconds) : 0
  }

  func string(_ info: CURLINFO) -> String? {
    var text: UnsafeMutablePointer<CChar>?
    guard millrace_curl_get_string(pointer, info, &text) == CURLE_OK, let text else { return nil }
    return String(cString: text)
  }

  /// The transfer that was set as CURLOPT_PRIVATE; only while it is running.
  var transfer: Transfer? {
    var pointer: UnsafeMutablePointer<CChar>?
    guard millrace_curl_get_string(self.pointer, CURLINFO_PRIVATE, &pointer) == CURLE_OK, let pointer else {
      return nil
    }
    return Unmanaged<Transfer>.fromOpaque(pointer).takeUnretainedValue()
  }

  private func check(_ code: CURLcode, _ option: CURLoption) throws(OutboundError) {
    guard code != CURLE_OK else { return }
    let reason = String(cString: curl_easy_strerror(code))
    throw OutboundError(kind: .other, message: "libcurl refused the option \(option.rawValue): \(reason)")
  }
}
