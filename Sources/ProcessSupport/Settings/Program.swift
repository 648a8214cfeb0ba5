// The programs of Millrace, as settings and start-up lines name them.

package enum Program: String, Sendable, CaseIterable {
  case ingest = "millrace-ingest"
  case worker = "millrace-worker"
  /// `millrace up` hands settings on to the programs it starts, so it takes the flags of all of them.
  case commandLine = "millrace"

  var summary: String {
    switch self {
    case .ingest: "accepts webhooks over HTTP and queues them in Redis"
    case .worker: "takes executions from Redis and runs their workflows"
    case .commandLine: "the Millrace command line"
    }
  }
}
