// JavaScriptCore with the prelude loaded: one context for the life of the process. See prelude/realm.js for what keeps
// runs apart.

import CJavaScriptCore
import CScriptRunner

final class Engine {
  let context: JSGlobalContextRef
  private let group: JSContextGroupRef
  private let entries: Entries
  private var timeLimit: UInt32 = 0
  /// Set by the engine when it ends what computes for too long.
  var timedOut = false

  /// The functions of prelude/run.js.
  private struct Entries {
    let prepare, start, finish, evaluateExpression, evaluateCondition, check, compile, consoleText: JSObjectRef

    init(_ context: JSContextRef, _ object: JSObjectRef) {
      func function(_ name: String) -> JSObjectRef {
        let value = JavaScript.property(name, of: object, in: context)
        JSValueProtect(context, value)
        return value
      }
      prepare = function("prepare")
      start = function("start")
      finish = function("finish")
      evaluateExpression = function("evaluateExpression")
      evaluateCondition = function("evaluateCondition")
      check = function("check")
      compile = function("compile")
      consoleText = function("consoleText")
    }
  }

  init() {
    group = JSContextGroupCreate()
    context = JSGlobalContextCreateInGroup(group, nil)
    entries = Entries(context, Prelude.load(into: context))
  }

  /// Computing time for one entry into the engine, in milliseconds.
  func setTimeLimit(_ milliseconds: UInt32) {
    guard milliseconds != timeLimit else { return }
    timeLimit = milliseconds
    JSContextGroupSetExecutionTimeLimit(
      group, Double(milliseconds) / 1000, engineShouldTerminate, Unmanaged.passUnretained(self).toOpaque())
  }

  func collectGarbage() { JSSynchronousGarbageCollectForDebugging(context) }

  /// The value of JSON text that ends with a zero byte; nil if it is not JSON.
  func value(json: UnsafeRawBufferPointer) -> JSValueRef? {
    let text = JSStringCreateWithUTF8CString(json.baseAddress!.assumingMemoryBound(to: CChar.self))
    defer { JSStringRelease(text) }
    if let value = JSValueMakeFromJSONString(context, text) { return value }
    // Malformed UTF-8 makes that string empty; here it is replaced.
    let lenient = JSValueToStringCopy(context, string(json), nil)
    defer { JSStringRelease(lenient) }
    return JSValueMakeFromJSONString(context, lenient)
  }

  func compile(_ form: ScriptForm, _ code: UnsafeRawBufferPointer) -> Script {
    timedOut = false
    let result = call(entries.compile, [number(form), string(code)])
    if timedOut {
      endByForce()
      return Script(form: form, content: .unfinished, engine: self)
    }
    guard let result, JSValueIsString(context, result) else {
      guard let result else { fail("the prelude cannot compile") }
      return Script(form: form, content: .function(result), engine: self)
    }
    return Script(form: form, content: .failed(copy(result)), engine: self)
  }

  /// What is wrong with the code; nil if nothing is. The caller releases the text.
  func check(_ form: ScriptForm, _ code: UnsafeRawBufferPointer) -> Outcome? {
    timedOut = false
    let result = call(entries.check, [number(form), string(code)])
    if timedOut { return settled() }
    guard let result, JSValueIsString(context, result) else { return nil }
    return .failure(copy(result))
  }

  /// Makes ready what the scripts of one call see.
  func prepare(_ input: JSValueRef) {
    timedOut = false
    call(entries.prepare, [input])
    if timedOut { endByForce() }
  }

  /// What one run of user code came to.
  enum Outcome {
    case value(JSStringRef)
    case failure(JSStringRef)
    case timedOut
  }

  /// Runs a script with its microtasks. The caller releases the text.
  func run(_ function: JSObjectRef, _ input: JSValueRef, resultLimit: UInt32, consoleLimit: UInt32) -> Outcome {
    timedOut = false
    call(entries.start, [function, input, number(consoleLimit)])
    if timedOut { return settled() }
    return outcome(call(entries.finish, [number(resultLimit)]))
  }

  func evaluate(_ function: JSObjectRef, _ input: JSValueRef, resultLimit: UInt32) -> Outcome {
    timedOut = false
    return outcome(call(entries.evaluateExpression, [function, input, number(resultLimit)]))
  }

  /// The value is `true` or `false`.
  func evaluateCondition(_ function: JSObjectRef, _ input: JSValueRef) -> Outcome {
    timedOut = false
    return outcome(call(entries.evaluateCondition, [function, input]))
  }

  /// The run's console entries as JSON text; nil if there are none. The caller releases it.
  func consoleText() -> JSStringRef? {
    guard let value = call(entries.consoleText, []), JSValueIsString(context, value) else { return nil }
    return copy(value)
  }

  private func outcome(_ value: JSValueRef?) -> Outcome {
    if timedOut { return settled() }
    guard let value else { fail("the prelude cannot tell a result") }
    if JSValueIsString(context, value) { return .value(copy(value)) }
    return .failure(copy(JSObjectGetPropertyAtIndex(context, value, 0, nil)))
  }

  private func settled() -> Outcome {
    endByForce()
    return .timedOut
  }

  /// After an end by force the engine may still hold the exception that did it, which the next call would stumble over
  /// (evaluating a program takes it away), and microtasks may be left. They run out here, or the process does.
  private func endByForce() {
    timedOut = false
    var exception: JSValueRef?
    JavaScript.withString("0") { _ = JSEvaluateScript(context, $0, nil, nil, 1, &exception) }
    if timedOut { fail("a script that was ended for its time goes on") }
  }

  /// Nil if it threw, which the prelude does not do: then the time was over.
  @discardableResult
  private func call(_ function: JSObjectRef, _ arguments: [JSValueRef?]) -> JSValueRef? {
    JSObjectCallAsFunction(context, function, nil, arguments.count, arguments, nil)
  }

  private func number(_ form: ScriptForm) -> JSValueRef? { JSValueMakeNumber(context, Double(form.rawValue)) }
  private func number(_ limit: UInt32) -> JSValueRef? { JSValueMakeNumber(context, Double(limit)) }

  private func string(_ utf8: UnsafeRawBufferPointer) -> JSValueRef? {
    JavaScript.string(decoding: utf8.bindMemory(to: UInt8.self), in: context)
  }

  private func copy(_ value: JSValueRef?) -> JSStringRef { JSValueToStringCopy(context, value, nil) }
}

private func engineShouldTerminate(_ context: JSContextRef?, _ state: UnsafeMutableRawPointer?) -> Bool {
  guard let state else { return true }
  Unmanaged<Engine>.fromOpaque(state).takeUnretainedValue().timedOut = true
  return true
}
