// What all connections of one event loop share.

import AuditLog
import Logging
import NIOCore
import NIOHTTP1
import ProcessSupport
import Synchronization

struct ConnectionServices: Sendable {
  let budget: BodyBudget
  let connections: OpenConnections
  let metrics: IngestMetrics
  let date: DateHeader
  let audit: AuditTrail?
  let logger: Logger
  /// Whose `X-Forwarded-For` is believed.
  var proxies = AddressSet.empty

  static let watchInterval: TimeAmount = .seconds(2)
  /// A kept-alive connection without a request.
  static let idleLimit: TimeAmount = .seconds(75)
  /// A request whose next bytes do not come.
  static let readLimit: TimeAmount = .seconds(30)
  /// After an answer that ends the connection, for the client to read it: so long without a further byte of it, and
  /// altogether.
  static let lingerLimit: TimeAmount = .seconds(2)
  static let lingerTotal: TimeAmount = .seconds(30)

  private static let headerCountLimit = 100
  private static let headerBytesLimit = 32_768
  private static let targetLimit = 8192

  /// What is wrong with a head, whatever its address.
  static func problem(with request: IncomingRequest) -> Problem? {
    guard request.headers.count <= headerCountLimit, request.facts.size <= headerBytesLimit,
      request.path.utf8.count + request.query.utf8.count <= targetLimit
    else { return .headersTooLarge }
    let hosts = request.facts.hostCount
    if hosts != 1, hosts > 1 || !request.isOld { return .malformedHost(count: hosts) }
    // Who speaks HTTP/1.0 in between takes the chunks for the next request (RFC 9112 6.1).
    if request.isOld, request.facts.isChunked {
      return .malformed("HTTP/1.0 has no Transfer-Encoding; send a Content-Length.", check: .http)
    }
    return request.facts.hasOtherCoding ? .transferCoding : nil
  }

  /// An error that no route foresaw.
  func answer(to error: any Error, requestID: String) -> HTTPAnswer {
    logger.error("request failed", metadata: ["error": "\(error)", "request": "\(requestID)"])
    let problem = Problem(
      status: 500, name: .internal, title: "Internal error", detail: "The server's log says more about this request.")
    return problem.answer(requestID: requestID)
  }
}

/// The open connections, so that a stop can tell them and wait for them.
package final class OpenConnections: Sendable {
  private struct State {
    var channels: [ObjectIdentifier: any Channel] = [:]
    var isQuiescing = false
    var allGone: [CheckedContinuation<Void, Never>] = []
  }

  private let state = Mutex(State())
  package let limit: Int

  package init(limit: Int) {
    self.limit = limit
  }

  package var count: Int { state.withLock { $0.channels.count } }

  func add(_ channel: any Channel) {
    let isTooMany = state.withLock { state in
      state.channels[ObjectIdentifier(channel)] = channel
      return state.channels.count > limit || state.isQuiescing
    }
    if isTooMany { channel.close(promise: nil) }
  }

  func remove(_ channel: any Channel) {
    let waiters = state.withLock { state -> [CheckedContinuation<Void, Never>] in
      state.channels.removeValue(forKey: ObjectIdentifier(channel))
      guard state.channels.isEmpty else { return [] }
      defer { state.allGone = [] }
      return state.allGone
    }
    for waiter in waiters { waiter.resume() }
  }

  /// Idle connections close, busy ones answer their request first. Returns when all are gone.
  func quiesce() async {
    let channels = state.withLock { state in
      state.isQuiescing = true
      return Array(state.channels.values)
    }
    for channel in channels { channel.pipeline.fireUserInboundEventTriggered(QuiesceEvent()) }
    await withCheckedContinuation { continuation in
      let isEmpty = state.withLock { state in
        if !state.channels.isEmpty { state.allGone.append(continuation) }
        return state.channels.isEmpty
      }
      if isEmpty { continuation.resume() }
    }
  }

  /// Ends what is left without ceremony.
  func closeAll() {
    for channel in state.withLock({ Array($0.channels.values) }) { channel.close(promise: nil) }
  }
}
