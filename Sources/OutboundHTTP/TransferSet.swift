// All outgoing requests that are on their way, and their connections: libcurl's multi handle, driven by the executor's
// descriptors and timer.

import CCurl
import Executors

/// A request that is to be sent, and who waits for it.
struct Order {
  let id: UInt64
  let checked: CheckedRequest
  let egress: EgressPolicy
  let deadline: ContinuousClock.Instant
  let completion: CheckedContinuation<Transfer.Outcome, Never>

  init(
    id: UInt64, checked: CheckedRequest, egress: EgressPolicy,
    completion: CheckedContinuation<Transfer.Outcome, Never>
  ) {
    self.id = id
    self.checked = checked
    self.egress = egress
    self.completion = completion
    deadline = .now + .milliseconds(checked.request.timeout.wholeMilliseconds)
  }
}

/// Lives on the transport's executor: every function is called there, and libcurl calls back only from within them.
final class TransferSet {
  let executor: PollingExecutor
  let multi: UnsafeMutableRawPointer
  private let share: UnsafeMutableRawPointer
  /// A transfer is in here exactly as long as libcurl knows its pointer: from `start` to `finish`.
  private(set) var running: [UInt64: Transfer] = [:]
  /// Those that begin when others have ended, in their order.
  var waiting: [Order] = []
  private let atOnce: Int
  /// Reset handles for the next requests.
  private var spare: [EasyHandle] = []
  private static let spareLimit = 128

  /// When libcurl wants to be called, and when to look for overdue transfers.
  var wakeTime: ContinuousClock.Instant?
  var sweepTime: ContinuousClock.Instant?

  /// libcurl was built with one file of the system's authorities.
  static let hasAuthorityFile = millrace_curl_has_authority_file()
  private static let isReady = millrace_curl_global_init() == CURLE_OK

  init(executor: PollingExecutor, atOnce: Int, connectionsPerHost: Int, idleConnections: Int) {
    guard Self.isReady, let multi = curl_multi_init(), let share = curl_share_init() else {
      preconditionFailure("libcurl cannot be initialised: no memory, or a library of another build")
    }
    self.executor = executor
    self.atOnce = atOnce
    self.multi = multi
    self.share = share
    // Lookups and connections are shared by the multi handle, TLS sessions only by a share. It needs no locks, as all
    // its users are on one thread.
    millrace_curl_share_set_data(share, CURL_LOCK_DATA_SSL_SESSION)
    let context = Unmanaged.passUnretained(self).toOpaque()
    millrace_curl_multi_set_socket_callback(multi, socketWanted)
    millrace_curl_multi_set_pointer(multi, CURLMOPT_SOCKETDATA, context)
    millrace_curl_multi_set_timer_callback(multi, timerWanted)
    millrace_curl_multi_set_pointer(multi, CURLMOPT_TIMERDATA, context)
    millrace_curl_multi_set_long(multi, CURLMOPT_MAX_HOST_CONNECTIONS, connectionsPerHost)
    millrace_curl_multi_set_long(multi, CURLMOPT_MAXCONNECTS, idleConnections)
  }

  /// libcurl calls back no more from here on. `failAll` has come before, so nothing is running.
  deinit {
    millrace_curl_multi_set_socket_callback(multi, nil)
    millrace_curl_multi_set_timer_callback(multi, nil)
    for easy in spare { easy.free() }
    curl_multi_cleanup(multi)
    curl_share_cleanup(share)
  }

  func start(_ order: Order) {
    guard running.count < atOnce else {
      waiting.append(order)
      return expectEnd(at: order.deadline)
    }
    begin(order)
  }

  private func begin(_ order: Order) {
    let easy: EasyHandle
    do {
      easy = try freshEasy()
    } catch {
      return order.completion.resume(returning: .failure(error))
    }
    let transfer = Transfer(order, easy: easy)
    do {
      try transfer.prepare()
      try easy.set(CURLOPT_SHARE, pointer: share)
      try add(transfer)
    } catch {
      recycle(easy)
      transfer.resume(with: .failure(error))
    }
  }

  /// Ends a transfer early. One that has ended by itself is left alone.
  func abort(_ id: UInt64, _ error: OutboundError) {
    if let index = waiting.firstIndex(where: { $0.id == id }) {
      return waiting.remove(at: index).completion.resume(returning: .failure(error))
    }
    guard let transfer = running[id] else { return }
    finish(transfer, with: .failure(error))
  }

  func failAll(_ error: OutboundError) {
    for order in waiting { order.completion.resume(returning: .failure(error)) }
    waiting = []
    for transfer in running.values { finish(transfer, with: .failure(error)) }
    executor.cancelTimer()
  }

  /// Tells libcurl that a socket is ready or that time has passed, and ends the transfers that are done.
  func act(on socket: curl_socket_t, _ readiness: Int32) {
    var count: Int32 = 0
    curl_multi_socket_action(multi, socket, readiness, &count)
    var left: Int32 = 0
    while let message = curl_multi_info_read(multi, &left) {
      guard message.pointee.msg == CURLMSG_DONE, let pointer = message.pointee.easy_handle else { continue }
      // Read before the handle is removed: the message goes with it.
      let code = millrace_curl_message_result(message)
      guard let transfer = EasyHandle(pointer).transfer else { continue }
      finish(transfer, with: transfer.outcome(code))
    }
  }

  func finish(_ transfer: Transfer, with outcome: Transfer.Outcome) {
    curl_multi_remove_handle(multi, transfer.easy.pointer)
    recycle(transfer.easy)
    running[transfer.id] = nil
    if running.isEmpty { sweepTime = nil }
    transfer.resume(with: outcome)
    while running.count < atOnce, !waiting.isEmpty { begin(waiting.removeFirst()) }
  }

  private func freshEasy() throws(OutboundError) -> EasyHandle {
    if let easy = spare.popLast() { return easy }
    return try EasyHandle()
  }

  private func add(_ transfer: Transfer) throws(OutboundError) {
    let code = curl_multi_add_handle(multi, transfer.easy.pointer)
    guard code == CURLM_OK else {
      let reason = String(cString: curl_multi_strerror(code))
      throw OutboundError(kind: .other, message: "libcurl does not take the request: \(reason)")
    }
    running[transfer.id] = transfer
    expectEnd(at: transfer.deadline)
  }

  /// Resetting takes all pointers to the transfer out of the handle.
  private func recycle(_ easy: EasyHandle) {
    easy.reset()
    if spare.count < Self.spareLimit { spare.append(easy) } else { easy.free() }
  }
}
