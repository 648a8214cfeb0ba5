// User code under the id that the parent gave it.

import CJavaScriptCore

final class Script {
  enum Content {
    case function(JSObjectRef)
    /// A syntax error: the JSON text that every run of it gives.
    case failed(JSStringRef)
    /// Compiling it took longer than it may.
    case unfinished
  }

  let form: ScriptForm
  let content: Content
  private let engine: Engine

  /// Takes over the engine's reference to the text of an error.
  init(form: ScriptForm, content: Content, engine: Engine) {
    self.form = form
    self.content = content
    self.engine = engine
    if case .function(let function) = content { JSValueProtect(engine.context, function) }
  }

  deinit {
    switch content {
    case .function(let function): JSValueUnprotect(engine.context, function)
    case .failed(let text): JSStringRelease(text)
    case .unfinished: break
    }
  }
}
