// How an execution ended, as its caller sees it: at the reply, and later at the result address.

import ExecutionQueue
import JSONCodec
import NIOCore
import Workflows

package struct ExecutionOutcome: Sendable {
  let state: ExecutionState
  let message: String?
  let reply: [UInt8]?
  let output: [UInt8]?

  init(_ reply: QueuedReply) {
    state = reply.state
    message = reply.message
    self.reply = reply.reply
    output = reply.output
  }

  /// Nil while there is nothing to tell.
  init?(_ record: ExecutionRecord) {
    guard record.state.isFinal || record.reply != nil else { return nil }
    state = record.state
    message = record.message
    reply = record.reply
    output = record.output
  }

  func answer(id: ExecutionID, requestID: String) -> HTTPAnswer {
    if let reply {
      guard let reply = try? Reply(decoding: reply) else {
        let problem = Problem.executionFailed("The reply of this execution cannot be read.")
        return problem.answer(requestID: requestID, executionID: id.description)
      }
      return HTTPAnswer(
        status: reply.status, headers: reply.headers.map { ($0.name, HeaderText.cleaned($0.value)) },
        body: ByteBuffer(bytes: reply.body), executionID: id.description)
    }
    guard state == .succeeded else {
      let problem = Problem.executionFailed(message ?? "The execution ended as \(state.rawValue).")
      return problem.answer(requestID: requestID, executionID: id.description)
    }
    var answer = HTTPAnswer(status: 200)
    if let output {
      answer.headers = [("content-type", "application/json")]
      answer.body = ByteBuffer(bytes: output)
    } else {
      answer = .json(200, "{\"executionId\":\"\(id)\",\"status\":\"succeeded\"}")
    }
    answer.executionID = id.description
    return answer
  }

  /// The execution goes on; its result can be fetched.
  ///
  /// `address` is what callers see of this installation, such as `https://hooks.example`; empty when unknown.
  static func accepted(id: ExecutionID, at address: String) -> HTTPAnswer {
    var answer = HTTPAnswer.json(
      202, "{\"executionId\":\"\(id)\",\"status\":\"running\"}",
      headers: [("location", "\(address)/api/executions/\(id)/result"), ("retry-after", "1")])
    answer.executionID = id.description
    return answer
  }
}
