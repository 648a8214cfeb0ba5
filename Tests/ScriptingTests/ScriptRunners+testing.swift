// What the tests of this target share: a pool of real runners with short limits, and short ways to ask it.

import Glibc
import JSONCodec
import Logging
import NIOPosix
import ProcessSupport
import TestSupport
import Testing

@testable import Scripting

/// One after another: runners beside too many others have not the time that their limits give them.
@Suite(.serialized) enum ScriptingTests {}

extension ScriptRunners.Configuration {
  static func testing(
    processes: Int = 2, memory: Int = 64 << 20, time: Duration = .milliseconds(400)
  ) throws -> Self {
    Self(
      executable: try BuiltProgram.path("millrace-script"), processes: processes, memory: memory, time: time)
  }
}

/// Runs the body with a pool that is shut down afterwards.
func withRunners<Value>(
  _ configuration: ScriptRunners.Configuration, _ body: (ScriptRunners) async throws -> Value
) async throws -> Value {
  let logger = Logger(label: "scripts") { _ in SwiftLogNoOpLogHandler() }
  let runners = ScriptRunners(configuration, group: MultiThreadedEventLoopGroup.singleton, logger: logger)
  do {
    let value = try await body(runners)
    await runners.shutDown()
    return value
  } catch {
    await runners.shutDown()
    throw error
  }
}

func withRunners<Value>(_ body: (ScriptRunners) async throws -> Value) async throws -> Value {
  try await withRunners(try .testing(), body)
}

/// How one script ended, as tables tell it.
enum Ending: Equatable, CustomStringConvertible {
  case value(String)
  case failure(ScriptFailure.Kind)

  var description: String {
    switch self {
    case .value(let text): text.count > 200 ? text.prefix(200) + "…" : text
    case .failure(let kind): "failure \(kind)"
    }
  }
}

extension ScriptRunners {
  /// The result of one code, or why there is none.
  func result(
    _ code: ScriptCode, input: String = "{}", time: Duration? = nil
  ) async -> Result<String, ScriptFailure> {
    do throws(ScriptFailure) {
      let outcome = try await run(ScriptCall([code], input: Array(input.utf8), timeLimit: time))
      return outcome.results[0].map { String(decoding: $0, as: UTF8.self) }
    } catch {
      return .failure(error)
    }
  }

  func script(_ text: String, input: String = "{}", time: Duration? = nil) async -> Result<String, ScriptFailure> {
    await result(ScriptCode(.script, text), input: input, time: time)
  }

  func ending(of text: String, input: String = "{}", time: Duration? = nil) async -> Ending {
    switch await script(text, input: input, time: time) {
    case .success(let value): .value(value)
    case .failure(let failure): .failure(failure.kind)
    }
  }

  func failure(of text: String, time: Duration? = nil) async -> ScriptFailure? {
    if case .failure(let failure) = await script(text, time: time) { failure } else { nil }
  }
}

/// Whether there is such a process, a zombie included.
func exists(_ process: Int32) -> Bool { kill(process, 0) == 0 }
