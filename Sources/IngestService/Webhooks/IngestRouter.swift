// The addresses that ingest answers, and what stands behind each. One instance for each event loop.

import NIOCore
import ProcessSupport

#if canImport(Glibc)
  import Glibc
#endif

package struct IngestRouter: RequestRouter {
  let webhooks: WebhookRoute
  let results: ResultRoute
  let resumes: ResumeRoute
  let status: StatusEndpoints

  package func judge(_ request: IncomingRequest) -> HeadVerdict {
    let path = request.path
    if let key = path.suffix(after: "/api/webhooks/") ?? path.suffix(after: "/api/webhook:trigger/") {
      return webhooks.judge(request, key: key)
    }
    if let rest = path.suffix(after: "/api/executions/"), rest.hasSuffix("/result") {
      request.audit.isWanted = false
      return results.judge(request, id: rest.dropLast("/result".count))
    }
    if let token = path.suffix(after: "/api/resume/") { return resumes.judge(request, token: token) }
    if path.suffix(after: "/-/") != nil { return judgeStatus(request) }
    return webhooks.judge(request, path: path)
  }

  private func judgeStatus(_ request: IncomingRequest) -> HeadVerdict {
    request.audit.isWanted = false
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
  /// Byte for byte.
  func suffix(after prefix: StaticString) -> Substring? {
    let isPrefix = utf8.withContiguousStorageIfAvailable { bytes in
      let length = prefix.utf8CodeUnitCount
      guard let start = bytes.baseAddress, bytes.count >= length else { return false }
      return memcmp(start, prefix.utf8Start, length) == 0
    }
    return isPrefix ?? utf8.starts(with: prefix.description.utf8)
      ? self[utf8.index(startIndex, offsetBy: prefix.utf8CodeUnitCount)...] : nil
  }
}
