// The call that a runner is at work on, with its limits.

import NIOCore
import ProcessSupport

struct RunningCall {
  let call: PendingCall
  let number: UInt32
  let start = NIODeadline.now()
  let timeLimit: Duration
  let memoryLimit: Int
  /// When the runner is ended, whatever its own watchdog says.
  let deadline: NIODeadline
  let inputLength: Int
  private let resultCount: Int
  private let configuration: ScriptRunners.Configuration

  init(_ call: PendingCall, number: UInt32, configuration: ScriptRunners.Configuration) {
    self.call = call
    self.number = number
    self.configuration = configuration
    switch call.work {
    case .run(let call):
      timeLimit = call.timeLimit ?? configuration.time
      memoryLimit = call.memoryLimit ?? configuration.memory
      inputLength = call.input.count
      resultCount = call.codes.count
    case .check(let code):
      timeLimit = configuration.time
      memoryLimit = configuration.memory
      inputLength = code.text.utf8.count
      resultCount = 1
    }
    // The runner's watchdog measures each script by itself.
    let whole = min(TimeAmount(timeLimit), Self.longest) * resultCount
    deadline = start + min(whole, Self.longest) + .seconds(1)
  }

  /// More than any call may take, and small enough to be multiplied by every number of scripts.
  private static let longest = TimeAmount.hours(24)

  /// What the runner must know, and the call itself, in one piece.
  func write(to buffer: inout ByteBuffer, scripts: inout KnownScripts) {
    switch call.work {
    case .check(let code):
      RunnerRequest.check(code, number: number, in: &buffer)
    case .run(let call):
      scripts.beginCall()
      for code in call.codes where scripts.use(code.id) { RunnerRequest.define(code, in: &buffer) }
      while let identifier = scripts.popExcess() { RunnerRequest.forget(identifier, in: &buffer) }
      RunnerRequest.run(
        call, number: number, milliseconds: UInt32(clamping: max(1, timeLimit.milliseconds)),
        resultLimit: UInt32(clamping: configuration.result), consoleLimit: UInt32(clamping: configuration.console),
        in: &buffer)
    }
  }

  func check(_ outcome: ScriptOutcome) throws(MalformedReply) {
    guard outcome.results.count == resultCount else {
      throw MalformedReply(message: "it sent \(outcome.results.count) results where \(resultCount) were asked for")
    }
  }

  /// The outcome with the limits of this call in its messages: the runner does not know how they were given.
  func told(_ outcome: ScriptOutcome) -> ScriptOutcome {
    let hasLimits = outcome.results.contains { result in
      if case .failure(let failure) = result { failure.kind == .timeout || failure.kind == .limit } else { false }
    }
    guard hasLimits else { return outcome }
    let results = outcome.results.map { result in
      result.mapError { failure -> ScriptFailure in
        switch failure.kind {
        case .timeout: .timeout(timeLimit)
        case .limit: .result(limit: configuration.result)
        default: failure
        }
      }
    }
    return ScriptOutcome(results: results, console: outcome.console)
  }
}
