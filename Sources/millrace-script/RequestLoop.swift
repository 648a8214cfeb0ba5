// Takes requests from the channel one after another and answers them.

import CJavaScriptCore

final class RequestLoop {
  private let engine: Engine
  private let channel: Channel
  private let reply = OutgoingFrame()
  private var scripts: [UInt32: Script] = [:]
  private var housekeeping = Housekeeping()

  private enum Request: UInt8 {
    case define = 1
    case run = 2
    case forget = 3
    case check = 4
  }

  private enum Reply {
    static let ready: UInt8 = 128
    static let results: UInt8 = 129
  }

  private static let protocolVersion: UInt32 = 2
  /// Milliseconds that compiling one script may take.
  private static let compileTime: UInt32 = 10_000

  init(engine: Engine, channel: Channel) {
    self.engine = engine
    self.channel = channel
  }

  /// Says that it is ready, and answers until the other side closes.
  func run() throws(ProtocolError) {
    reply.begin(kind: Reply.ready)
    reply.append(Self.protocolVersion)
    channel.send(reply.finish())
    while let frame = try channel.next() {
      guard let request = Request(rawValue: frame.kind) else {
        throw ProtocolError(description: "no request has the number \(frame.kind)")
      }
      try answer(request, PayloadReader(frame.payload))
    }
  }

  /// Runs what makes the engine start its threads and read its tables, so that the lock-down finds them there.
  func warmUp() throws(ProtocolError) {
    let code = """
      await null
      const value = { now: new Date(0).toString(), list: [1.5, 'ü', null] }
      new URL('https://example.com/')
      require('crypto').createHmac('sha256', 'key').update('data').digest('hex')
      return JSON.stringify(value)
      """
    engine.setTimeLimit(10_000)
    let script = code.withContiguousUTF8 { engine.compile(.script, $0) }
    let input = "{}".withContiguousUTF8 { engine.value(json: $0) }
    guard case .function(let function) = script.content, let input,
      case .value(let text) = engine.run(function, input, resultLimit: 1000, consoleLimit: 1000)
    else { throw ProtocolError(description: "the first script does not run") }
    JSStringRelease(text)
    engine.collectGarbage()
  }

  private func answer(_ request: Request, _ payload: PayloadReader) throws(ProtocolError) {
    var payload = payload
    switch request {
    case .define:
      let identifier = try payload.integer(UInt32.self)
      engine.setTimeLimit(Self.compileTime)
      scripts[identifier] = engine.compile(try payload.form(), payload.rest)
    case .forget:
      scripts[try payload.integer(UInt32.self)] = nil
    case .check:
      let identifier = try payload.integer(UInt32.self)
      check(identifier, try payload.form(), payload.rest)
    case .run:
      try run(RunRequest(&payload))
      housekeeping.afterRun(engine, transferred: payload.rest.count + reply.count)
    }
  }

  private func check(_ identifier: UInt32, _ form: ScriptForm, _ code: UnsafeRawBufferPointer) {
    engine.setTimeLimit(Self.compileTime)
    beginResults(identifier, count: 1)
    if let problem = engine.check(form, code) {
      append(problem, limit: .max)
    } else {
      reply.appendResult(isError: false) { reply.append("null") }
    }
    channel.send(reply.finish())
  }

  private func run(_ request: RunRequest) throws(ProtocolError) {
    guard let input = engine.value(json: request.input), JSValueIsObject(engine.context, input) else {
      throw ProtocolError(description: "the input of a run is not a JSON object")
    }
    // The input lives on this thread's stack only, where the collector looks.
    engine.setTimeLimit(request.timeLimit)
    engine.prepare(input)
    var isDecided = false
    beginResults(request.identifier, count: UInt16(request.scripts.count))
    for identifier in request.scripts {
      guard let script = scripts[identifier] else {
        throw ProtocolError(description: "script \(identifier) is not defined")
      }
      // Nobody asks for the conditions behind the first that holds or fails.
      guard !isDecided else {
        reply.appendResult(isError: false) { reply.append("false") }
        continue
      }
      let outcome = run(script, input, request)
      isDecided = script.form == .condition && !outcome.isFalse
      append(outcome, limit: request.resultLimit)
    }
    if let text = engine.consoleText() {
      reply.append(text)
      JSStringRelease(text)
    }
    channel.send(reply.finish())
  }

  private func run(_ script: Script, _ input: JSValueRef, _ request: RunRequest) -> Engine.Outcome {
    switch (script.content, script.form) {
    case (.failed(let text), _): .failure(JSStringRetain(text))
    case (.unfinished, _): .timedOut
    case (.function(let function), .script):
      engine.run(function, input, resultLimit: request.resultLimit, consoleLimit: request.consoleLimit)
    case (.function(let function), .expression):
      engine.evaluate(function, input, resultLimit: request.resultLimit)
    case (.function(let function), .condition):
      engine.evaluateCondition(function, input)
    }
  }

  private func beginResults(_ identifier: UInt32, count: UInt16) {
    reply.begin(kind: Reply.results)
    reply.append(identifier)
    reply.append(count)
  }

  /// Writes one result and releases its text.
  private func append(_ outcome: Engine.Outcome, limit: UInt32) {
    switch outcome {
    case .value(let text):
      defer { JSStringRelease(text) }
      let start = reply.count
      var length = 0
      reply.appendResult(isError: false) { length = reply.append(text) }
      guard length > Int(limit) else { return }
      reply.truncate(to: start)
      appendFailure("limit", "ResultError", "the result is larger than \(limit) bytes")
    case .failure(let text):
      defer { JSStringRelease(text) }
      reply.appendResult(isError: true) { reply.append(text) }
    case .timedOut:
      appendFailure("timeout", "TimeoutError", "the script computed for longer than it may")
    }
  }

  private func appendFailure(_ kind: String, _ name: String, _ message: String) {
    reply.appendResult(isError: true) {
      reply.append(#"{"kind":"\#(kind)","name":"\#(name)","message":"\#(message)"}"#)
    }
  }
}

extension Engine.Outcome {
  fileprivate var isFalse: Bool {
    if case .value(let text) = self { JSStringIsEqualToUTF8CString(text, "false") } else { false }
  }
}

extension String {
  /// The text as bytes with a zero after the end.
  fileprivate func withContiguousUTF8<Result>(_ body: (UnsafeRawBufferPointer) -> Result) -> Result {
    utf8CString.withUnsafeBytes { body(UnsafeRawBufferPointer(rebasing: $0.dropLast())) }
  }
}
