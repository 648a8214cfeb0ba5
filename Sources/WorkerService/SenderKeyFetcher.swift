// Fetches documents with senders' public keys for the ingest processes, which never call out themselves.

package import ExecutionQueue
package import Logging
import OutboundHTTP
import ServiceLifecycle
package import WorkflowEngine

package struct SenderKeyFetcher: Service {
  private let store: any KeyDocumentStore
  private let services: any NodeServices
  private let logger: Logger

  private static let interval: Duration = .seconds(1)
  private static let largest = 256 << 10

  package init(store: any KeyDocumentStore, services: any NodeServices, logger: Logger) {
    self.store = store
    self.services = services
    self.logger = logger
  }

  package func run() async throws {
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      if let urls = try? await store.take(limit: 4) {
        for url in urls { await fetch(url) }
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
  }

  private func fetch(_ url: String) async {
    do {
      let request = OutboundRequest(
        method: "GET", url: url, headers: [], body: .none, timeout: .seconds(10), redirects: 0, maxBody: Self.largest)
      let response = try await services.send(request)
      guard response.status == 200 else {
        return logger.warning("a sender's keys: status \(response.status)", metadata: ["address": "\(url)"])
      }
      try await store.store(response.body, from: url)
    } catch {
      logger.warning("a sender's keys cannot be fetched", metadata: ["address": "\(url)", "error": "\(error)"])
    }
  }
}
