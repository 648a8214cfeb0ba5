// The addresses that `wait` nodes give out, for the worker that does it and for those who show them.

import JSONCodec
package import Workflows

extension WebhookRequest {
  /// Where ingest listens for what executions wait for, up to the execution's id: as it is set, or as the webhook found
  /// its way here.
  package func resumeAddress(publicURL: String?) -> String {
    let path = "/api/resume/"
    if let publicURL { return publicURL + path }
    guard let host = headers["host"]?.stringValue else { return path }
    return "\(headers["x-forwarded-proto"]?.stringValue == "https" ? "https" : "http")://\(host)\(path)"
  }
}
