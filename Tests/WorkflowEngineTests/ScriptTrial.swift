// Script runners for the tests of this module: the real ones, shared, because a process takes longer to start than a test.

import JSONCodec
import Logging
import NIOPosix
import OutboundHTTP
import Scripting
import TestSupport
import WorkflowEngine

enum ScriptTrial {
  static let runners: ScriptRunners = {
    // A missing program shows in each test as the message that users would see.
    let program = (try? BuiltProgram.path("millrace-script")) ?? "millrace-script is not built"
    return ScriptRunners(
      ScriptRunners.Configuration(executable: program, processes: 2, memory: 128 << 20, time: .seconds(10)),
      group: MultiThreadedEventLoopGroup.singleton, logger: Logger(label: "test"))
  }()

  struct Services: NodeServices {
    func send(_ request: OutboundRequest) async throws(OutboundError) -> OutboundResponse {
      OutboundResponse(status: 204)
    }

    func run(_ call: ScriptCall) async throws(ScriptFailure) -> ScriptOutcome {
      try await ScriptTrial.runners.run(call)
    }
  }

  static func trial(_ nodes: String, body: String = "{}") -> Trial {
    var trial = Trial(nodes)
    trial.body = body
    trial.services = Services()
    return trial
  }

  /// One script node with this code.
  static func script(_ code: String, body: String = "{}", settings: String = "") -> Trial {
    let lines = code.split(separator: "\n", omittingEmptySubsequences: false).map { "      \($0)\n" }.joined()
    return trial("  - key: run\n    type: script\n\(settings)    code: |\n\(lines)", body: body)
  }
}
