// Looks once a second whether the files of the certificate have changed.

import ServiceLifecycle

package struct TLSWatch: Service {
  private let contexts: TLSContexts
  private let interval: Duration

  package init(_ contexts: TLSContexts, interval: Duration = .seconds(1)) {
    self.contexts = contexts
    self.interval = interval
  }

  package func run() async throws {
    while !Task.isCancelled && !Task.isShuttingDownGracefully {
      do { try await cancelWhenGracefulShutdown { try await Task.sleep(for: interval) } } catch { return }
      contexts.look()
    }
  }
}
