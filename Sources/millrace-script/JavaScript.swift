// Small conversions over JavaScriptCore's C API.

import CJavaScriptCore
import CScriptRunner

enum JavaScript {
  static func withString<Result>(_ text: String, _ body: (JSStringRef?) -> Result) -> Result {
    let string = JSStringCreateWithUTF8CString(text)
    defer { JSStringRelease(string) }
    return body(string)
  }

  static func property(_ name: String, of object: JSObjectRef, in context: JSContextRef) -> JSObjectRef {
    withString(name) { JSObjectGetProperty(context, object, $0, nil) }
  }

  static func set(_ name: String, of object: JSObjectRef, to value: JSValueRef?, in context: JSContextRef) {
    withString(name) { JSObjectSetProperty(context, object, $0, value, 0, nil) }
  }

  /// A JavaScript string of UTF-8 bytes, what is malformed in them replaced and counted in `malformed`.
  static func string(
    decoding utf8: UnsafeBufferPointer<UInt8>, in context: JSContextRef?, malformed: inout Int
  ) -> JSValueRef? {
    let string = withUnsafeTemporaryAllocation(of: UInt16.self, capacity: utf8.count) { units in
      let count = script_decode_utf8(utf8.baseAddress, utf8.count, units.baseAddress, &malformed)
      return JSStringCreateWithCharacters(units.baseAddress, count)
    }
    defer { JSStringRelease(string) }
    return JSValueMakeString(context, string)
  }

  static func string(decoding utf8: UnsafeBufferPointer<UInt8>, in context: JSContextRef?) -> JSValueRef? {
    var malformed = 0
    return string(decoding: utf8, in: context, malformed: &malformed)
  }

  /// A Uint8Array that owns the bytes, which come from malloc.
  static func bytes(
    adopting bytes: UnsafeMutablePointer<UInt8>, count: Int, in context: JSContextRef?,
    _ exception: UnsafeMutablePointer<JSValueRef?>?
  ) -> JSValueRef? {
    JSObjectMakeTypedArrayWithBytesNoCopy(
      context, kJSTypedArrayTypeUint8Array, bytes, count, releaseBytes, nil, exception)
  }

  /// The memory of a Uint8Array; empty if its buffer was detached, and for anything else.
  static func bytes(of value: JSValueRef?, in context: JSContextRef?) -> UnsafeBufferPointer<UInt8> {
    let nothing = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
    // What is no array has no offset either: asking for it would be the end of the process.
    guard JSValueGetTypedArrayType(context, value, nil) == kJSTypedArrayTypeUint8Array else { return nothing }
    // This is where the array's buffer begins, not the array.
    guard let buffer = JSObjectGetTypedArrayBytesPtr(context, value, nil) else { return nothing }
    let start = buffer + JSObjectGetTypedArrayByteOffset(context, value, nil)
    return UnsafeBufferPointer(
      start: start.assumingMemoryBound(to: UInt8.self), count: JSObjectGetTypedArrayByteLength(context, value, nil))
  }
}

private func releaseBytes(_ bytes: UnsafeMutableRawPointer?, _ context: UnsafeMutableRawPointer?) {
  bytes?.deallocate()
}
