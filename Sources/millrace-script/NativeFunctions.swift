// What the prelude cannot do in JavaScript, or not as fast. Only prelude code calls these, with arguments it has
// checked; they keep no state.

import CJavaScriptCore
import CScriptRunner

enum NativeFunctions {
  static var all: [(name: String, function: JSObjectCallAsFunctionCallback)] {
    [
      ("encodeUTF8", encodeUTF8), ("decodeUTF8", decodeUTF8), ("digest", digest), ("random", random),
      ("domainToASCII", domainToASCII), ("evaluate", evaluate),
    ]
  }
}

private typealias Arguments = UnsafePointer<JSValueRef?>?
private typealias Exception = UnsafeMutablePointer<JSValueRef?>?

/// The longest text that is converted, in units: lengths are 32 bits in ICU.
private let longestText = 256 << 20

private func withUnits<Result>(
  of value: JSValueRef?, _ context: JSContextRef?, _ body: (UnsafeBufferPointer<UInt16>) -> Result
) -> Result? {
  guard let string = JSValueToStringCopy(context, value, nil) else { return nil }
  defer { JSStringRelease(string) }
  let length = JSStringGetLength(string)
  guard length <= longestText else { return nil }
  return body(UnsafeBufferPointer(start: JSStringGetCharactersPtr(string), count: length))
}

private func setRangeError(_ message: String, _ context: JSContextRef?, _ exception: Exception) {
  let text = JavaScript.withString(message) { JSValueMakeString(context, $0) }
  exception?.pointee = JSObjectMakeError(context, 1, [text], nil)
}

/// encodeUTF8(text): Uint8Array
private func encodeUTF8(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  let array = withUnits(of: arguments?[0], context) { units -> JSValueRef? in
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: units.count * 3 + 1)
    let count = script_encode_utf8(units.baseAddress, units.count, output)
    return JavaScript.bytes(adopting: output, count: count, in: context, exception)
  }
  if array == nil { setRangeError("the text is too long", context, exception) }
  return array ?? nil
}

/// decodeUTF8(bytes, fatal): string, or undefined if the bytes are malformed and that is fatal
private func decodeUTF8(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  let bytes = JavaScript.bytes(of: arguments?[0], in: context)
  guard bytes.count <= longestText else {
    setRangeError("the text is too long", context, exception)
    return nil
  }
  var malformed = 0
  let text = JavaScript.string(decoding: bytes, in: context, malformed: &malformed)
  return malformed > 0 && JSValueToBoolean(context, arguments?[1]) ? JSValueMakeUndefined(context) : text
}

/// digest(algorithm, key or undefined, bytes): Uint8Array
private func digest(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  guard let arguments, let algorithm = JSValueToStringCopy(context, arguments[0], nil) else { return nil }
  defer { JSStringRelease(algorithm) }
  let isKeyed = !JSValueIsUndefined(context, arguments[1])
  let key = isKeyed ? JavaScript.bytes(of: arguments[1], in: context) : UnsafeBufferPointer(start: nil, count: 0)
  let bytes = JavaScript.bytes(of: arguments[2], in: context)
  return withUnsafeTemporaryAllocation(of: CChar.self, capacity: 16) { name in
    JSStringGetUTF8CString(algorithm, name.baseAddress, name.count)
    let output = UnsafeMutablePointer<UInt8>.allocate(capacity: Int(script_digest_size))
    // An empty key is a key too.
    var nothing: UInt8 = 0
    let length = withUnsafePointer(to: &nothing) { nothing in
      script_digest(
        name.baseAddress, isKeyed ? key.baseAddress ?? nothing : nil, key.count, bytes.baseAddress ?? nothing,
        bytes.count, output)
    }
    return JavaScript.bytes(adopting: output, count: length, in: context, exception)
  }
}

/// random(size): Uint8Array
private func random(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  let size = Int(JSValueToNumber(context, arguments?[0], nil))
  let output = UnsafeMutablePointer<UInt8>.allocate(capacity: max(1, size))
  guard script_random(output, size) else { fail("the kernel gives no random bytes") }
  return JavaScript.bytes(adopting: output, count: size, in: context, exception)
}

/// domainToASCII(name): string, or undefined if the name is not valid
private func domainToASCII(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  let name = withUnits(of: arguments?[0], context) { units -> JSValueRef? in
    // Longer than any name that the domain name system has.
    withUnsafeTemporaryAllocation(of: UInt16.self, capacity: 1024) { output in
      let length = script_domain_to_ascii(units.baseAddress, units.count, output.baseAddress, output.count)
      guard length > 0 else { return nil }
      let string = JSStringCreateWithCharacters(output.baseAddress, length)
      defer { JSStringRelease(string) }
      return JSValueMakeString(context, string)
    }
  }
  return (name ?? nil) ?? JSValueMakeUndefined(context)
}

/// evaluate(text): the value of a program whose places are told as those of `script`
private func evaluate(
  context: JSContextRef?, function: JSObjectRef?, this: JSObjectRef?, count: Int, arguments: Arguments,
  exception: Exception
) -> JSValueRef? {
  let text = JSValueToStringCopy(context, arguments?[0], exception)
  defer { JSStringRelease(text) }
  return JavaScript.withString("script") { JSEvaluateScript(context, text, nil, $0, 1, exception) }
}
