// Runs the prelude's files, each of which is a function of the native functions and of an object they share.

import CJavaScriptCore
import CScriptRunner

enum Prelude {
  /// The object with the functions that the engine calls.
  static func load(into context: JSGlobalContextRef) -> JSObjectRef {
    let native: JSObjectRef = JSObjectMake(context, nil, nil)
    let shared: JSObjectRef = JSObjectMake(context, nil, nil)
    for (name, function) in NativeFunctions.all {
      let value = JavaScript.withString(name) { JSObjectMakeFunctionWithCallback(context, $0, function) }
      JavaScript.set(name, of: native, to: value, in: context)
    }
    guard var source = script_prelude else { fail("it was built without a prelude") }
    while let name = source.pointee.name {
      run(String(cString: name), source.pointee.text, [native, shared], in: context)
      source += 1
    }
    return JavaScript.property("entries", of: shared, in: context)
  }

  private static func run(
    _ name: String, _ code: UnsafePointer<CChar>, _ arguments: [JSValueRef?], in context: JSGlobalContextRef
  ) {
    let source = JSStringCreateWithUTF8CString(code)
    defer { JSStringRelease(source) }
    var exception: JSValueRef?
    let function = JavaScript.withString("millrace:\(name)") {
      JSEvaluateScript(context, source, nil, $0, 1, &exception)
    }
    if let function { JSObjectCallAsFunction(context, function, nil, arguments.count, arguments, &exception) }
    guard let exception else { return }
    fail("prelude/\(name): \(text(of: exception, in: context)) \(place(of: exception, in: context))")
  }

  private static func place(of error: JSValueRef, in context: JSContextRef) -> String {
    guard JSValueIsObject(context, error) else { return "" }
    return text(of: JavaScript.property("stack", of: error, in: context), in: context)
  }

  private static func text(of value: JSValueRef?, in context: JSContextRef) -> String {
    guard let string = JSValueToStringCopy(context, value, nil) else { return "" }
    defer { JSStringRelease(string) }
    return String(
      decoding: UnsafeBufferPointer(start: JSStringGetCharactersPtr(string), count: JSStringGetLength(string)),
      as: UTF16.self)
  }
}
