// `/api/resume/<token>`: what a `wait` node waits for.

import AuditLog
import ExecutionQueue
import JSONCodec
import Logging
import NIOCore
import Workflows

struct ResumeRoute: Sendable {
  let admissions: any AdmissionQueue
  let gate: AdmissionGate
  let bodyLimit: Int

  private static let methods = ["GET", "POST", "PUT", "PATCH"]

  func judge(_ request: IncomingRequest, token: Substring) -> HeadVerdict {
    guard Self.methods.contains(request.method) else {
      return .answer(Problem.methodNotAllowed(Self.methods).answer(requestID: request.requestID))
    }
    // EXECUTION-CALLBACK, and the execution's id has dashes itself.
    guard let dash = token.lastIndex(of: "-"), let id = ExecutionID(token[..<dash]),
      let callback = ExecutionToken(String(token[token.index(after: dash)...]))
    else { return .answer(Problem.callbackNotFound.answer(requestID: request.requestID)) }
    if request.facts.isCompressed, request.facts.hasBody {
      return .answer(Problem.compressed.answer(requestID: request.requestID))
    }
    if let problem = gate.problem {
      return .answer(Problem.unavailable(problem).answer(requestID: request.requestID))
    }
    return .read(limit: bodyLimit) { body, answer in
      let bytes: [UInt8]
      do { bytes = try Self.encoded(request, body: Array(body.readableBytesView)) } catch {
        let problem = error as? Problem ?? .malformed("\(error)")
        return answer(problem.answer(requestID: request.requestID))
      }
      admissions.resume(id, callback: callback.description, with: bytes).whenComplete { result in
        answer(self.answer(to: result, of: id, request))
      }
    }
  }

  /// As the node's result has it.
  private static func encoded(_ request: IncomingRequest, body: [UInt8]) throws -> [UInt8] {
    let query: JSON
    do { query = request.query.isEmpty ? .object([:]) : try QueryString.parse(request.query) } catch {
      throw Problem.malformed("The query string cannot be read: \(error)")
    }
    let headers = JSON.object(request.headers.asJSON)
    let resuming = WebhookRequest(
      workflow: "", version: 0, receivedAt: 0, method: request.method, path: request.path,
      clientAddress: request.clientAddress, query: query, headers: headers, params: .object([:]),
      contentType: request.facts.contentType, bodyKind: .auto, body: body)
    let data: JSON
    do {
      if body.isEmpty {
        try WebhookRequest.checkBody(
          body, contentType: resuming.contentType, kind: .auto, mayBeEmpty: !request.wantsBody)
      }
      data = try resuming.data()
    } catch {
      throw Problem.malformed("The body cannot be read: \(error)")
    }
    return JSON.object(
      JSONObject([("method", .string(request.method)), ("query", query), ("headers", headers), ("data", data)])
    ).bytes
  }

  private func answer(
    to result: Result<Resumption, any Error>, of id: ExecutionID, _ request: IncomingRequest
  ) -> HTTPAnswer {
    switch result {
    case .success(.resumed), .success(.again):
      var answer = HTTPAnswer.json(200, "{\"resumed\":true,\"executionId\":\"\(id)\"}")
      answer.executionID = id.description
      if case .success(.again) = result { answer.headers.append(("idempotent-replayed", "true")) }
      return answer
    case .success(.over): return Problem.callbackOver.answer(requestID: request.requestID)
    case .success(.unknown): return Problem.callbackNotFound.answer(requestID: request.requestID)
    case .failure(let error):
      if let error = error as? QueueError { gate.report(error, "calls of resume addresses not stored") }
      return Problem.unavailable("The call could not be stored; send it again.", check: .admission)
        .answer(requestID: request.requestID)
    }
  }
}

extension Problem {
  fileprivate static let callbackNotFound = Problem(
    status: 404, name: .callbackNotFound, title: "Nothing waits here",
    detail: "No execution gave this address out, or it is no longer kept.", check: .route)

  fileprivate static let callbackOver = Problem(
    status: 410, name: .callbackOver, title: "Too late",
    detail: "The execution has given up waiting for this call, or has ended.", check: .route)
}
