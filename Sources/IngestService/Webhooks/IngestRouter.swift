// The addresses that ingest answers, and what stands behind each. One instance for each event loop.

import NIOCore
import ProcessSupport

package struct IngestRouter: RequestRouter {
  let webhooks: WebhookRoute
  let results: ResultRoute
  let status: StatusEndpoints

  package func judge(_ request: IncomingRequest) -> HeadVerdict {
    let path = request.path
    if let key = path.suffix(after: "/api/webhooks/") ?? path.suffix(after: "/api/webhook:trigger/") {
      return webhooks.judge(request, key: key)
    }
    if let rest = path.suffix(after: "/api/executions/"), rest.hasSuffix("/result") {
      return results.judge(request, id: rest.dropLast("/result".count))
    }
    if path.hasPrefix("/-/") { return judgeStatus(request) }
    return webhooks.judge(request, path: path)
  }

  private func judgeStatus(_ request: IncomingRequest) -> HeadVerdict {
    guard request.method == "GET" || request.method == "HEAD" else {
      return .answer(Problem.methodNotAllowed(["GET", "HEAD"]).answer(requestID: request.requestID))
    }
    guard let found = status.response(for: request.path) else {
      return .answer(Problem.notFound.answer(requestID: request.requestID))
    }
    return .answer(
      HTTPAnswer(
        status: found.status, headers: [("content-type", found.contentType)], body: ByteBuffer(string: found.body)))
  }
}

extension String {
  func suffix(after prefix: String) -> Substring? {
    hasPrefix(prefix) ? dropFirst(prefix.count) : nil
  }
}
