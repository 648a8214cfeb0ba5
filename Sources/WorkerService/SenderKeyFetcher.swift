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
  private static let atOnce = 4
  private static let largest = 256 << 10

  package init(store: any KeyDocumentStore, services: any NodeServices, logger: Logger) {
    self.store = store
    self.services = services
    self.logger = logger
  }

  package func run() async throws {
    await cancelWhenGracefulShutdown {
      var complaint = Complaint(logger, "cannot ask which keys of senders are wanted")
      while !Task.isCancelled {
        do {
          let urls = try await store.take(limit: Self.atOnce)
          complaint.withdraw()
          await withTaskGroup(of: Void.self) { group in
            for url in urls { group.addTask { await fetch(url) } }
          }
        } catch {
          complaint.make(error)
        }
        try? await Task.sleep(for: Self.interval)
      }
    }
  }

  private func fetch(_ url: String) async {
    do {
      switch await answer(of: url) {
      case .document(let bytes): try await store.store(bytes, from: url)
      case .nothingThere: try await store.dismiss(url)
      // It stays wanted for a while, and is asked again when nobody else may any more.
      case .notNow: break
      }
    } catch {
      logger.warning("a sender's keys cannot be stored", metadata: ["address": "\(url)", "error": "\(error)"])
    }
  }

  private enum Answer {
    case document([UInt8])
    case nothingThere
    case notNow
  }

  private func answer(of url: String) async -> Answer {
    do {
      let request = OutboundRequest(
        method: "GET", url: url, headers: [], body: .none, timeout: .seconds(10), redirects: 0, maxBody: Self.largest)
      let response = try await services.send(request)
      if response.status == 200 { return .document(response.body) }
      logger.warning("a sender's keys: status \(response.status)", metadata: ["address": "\(url)"])
      return (300..<500).contains(response.status) && ![408, 429].contains(response.status) ? .nothingThere : .notNow
    } catch {
      guard !Task.isCancelled else { return .notNow }
      logger.warning("a sender's keys cannot be fetched", metadata: ["address": "\(url)", "error": "\(error)"])
      return [.invalidRequest, .refusedAddress, .tooLarge].contains(error.kind) ? .nothingThere : .notNow
    }
  }
}
