// Senders' public keys as this process has them: checks look here and never wait; what is missing is asked for, and the
// sender is told to come again.

package import ExecutionQueue
package import Logging
import ServiceLifecycle
import Synchronization
package import Verification

package final class SenderKeys: KeySource, Service {
  private struct Held {
    let version: Int64
    let keys: KeySet
    let since: ContinuousClock.Instant
  }

  private struct State {
    var held: [String: Held] = [:]
    /// By when they were asked for last.
    var wanted: [String: ContinuousClock.Instant] = [:]
    /// The same for addresses that only a stranger has named so far.
    var strange: [String: ContinuousClock.Instant] = [:]
    /// To be asked for at the next turn.
    var asking: Set<String> = []
  }

  private let store: any KeyDocumentStore
  private let logger: Logger
  private let state = Mutex(State())

  private static let interval: Duration = .seconds(1)
  /// Keys that one process holds, and addresses that strangers may have named of late.
  private static let capacity = 100
  /// Keys are renewed after so long; until the new ones are there the old ones hold.
  private static let freshness: Duration = .seconds(3600)
  /// A key that is not in the document may have been made since; but a forger names as many as he likes.
  private static let patience: Duration = .seconds(30)

  package init(store: any KeyDocumentStore, logger: Logger) {
    self.store = store
    self.logger = logger
  }

  package func keys(at url: String, namedBy origin: KeyAddressOrigin) -> KeySet? {
    state.withLock { state in
      let held = state.held[url]
      if held.map({ .now - $0.since > Self.freshness }) ?? true {
        Self.want(url, isStrange: origin == .sender && held == nil, &state)
      }
      return held?.keys
    }
  }

  /// The document lacks a key that a sender names. One that is not held has been asked for already.
  func renew(_ url: String) {
    state.withLock { if $0.held[url] != nil { Self.want(url, isStrange: false, &$0) } }
  }

  /// An address of a sender whose message was genuine.
  func visit(_ url: String) {
    state.withLock { Self.want(url, isStrange: false, &$0) }
  }

  private static func want(_ url: String, isStrange: Bool, _ state: inout State) {
    let addresses = isStrange ? \State.strange : \State.wanted
    if let last = state[keyPath: addresses][url], .now - last < patience { return }
    if state[keyPath: addresses].count >= capacity {
      state[keyPath: addresses] = state[keyPath: addresses].filter { .now - $0.value < patience }
      // Who is genuine comes again; what strangers name has no end.
      guard !isStrange || state.strange.count < capacity else { return }
    }
    state[keyPath: addresses][url] = .now
    state.asking.insert(url)
  }

  package func run() async throws {
    while !Task.isShuttingDownGracefully && !Task.isCancelled {
      do { try await look() } catch {
        logger.debug("senders' keys cannot be read", metadata: ["error": "\(error)"])
      }
      try? await cancelWhenGracefulShutdown { try await Task.sleep(for: Self.interval) }
    }
  }

  private func look() async throws(QueueError) {
    let (asking, wanted, strange) = state.withLock { state in
      defer { state.asking = [] }
      return (state.asking.sorted(), Set(state.wanted.keys), Set(state.strange.keys))
    }
    if !asking.isEmpty {
      try await store.ask(
        for: asking.filter(wanted.contains), namedByStrangers: asking.filter { !wanted.contains($0) })
    }
    for (url, document) in try await store.documents(at: wanted.union(strange).sorted()) { take(document, from: url) }
  }

  private func take(_ document: KeyDocument, from url: String) {
    guard state.withLock({ $0.held[url]?.version != document.version }) else { return }
    do {
      let keys = try KeySet(document: document.bytes)
      state.withLock { state in
        if state.held.count >= Self.capacity, state.held[url] == nil { state.held.removeAll() }
        state.held[url] = Held(version: document.version, keys: keys, since: .now)
      }
      logger.info("a sender's keys are here", metadata: ["address": "\(url)"])
    } catch {
      logger.warning("a sender's keys cannot be used", metadata: ["address": "\(url)", "problem": "\(error)"])
    }
  }
}
