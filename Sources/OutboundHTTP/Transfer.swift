// One outgoing request on its way: what libcurl points into while it runs, and what has come back so far.

import CCurl
import ProcessSupport

/// Lives on the transport's executor. `TransferSet` keeps it from `start` to `finish`, and libcurl calls back with a
/// pointer to it only in between.
final class Transfer {
  typealias Outcome = Result<OutboundResponse, OutboundError>

  let id: UInt64
  let checked: CheckedRequest
  private let egress: EgressPolicy
  let easy: EasyHandle
  let deadline: ContinuousClock.Instant
  private let completion: CheckedContinuation<Outcome, Never>

  var head = ResponseHead()
  var body: [UInt8] = []
  /// Set by the callback that broke the transfer off, for the message.
  var excess: Excess?
  /// The addresses that the egress policy refused since the last answer, and whether it let one through.
  private(set) var refusedAddresses: [IPAddress] = []
  private(set) var hasPermittedAddress = false
  /// What this process was short of when it should have made a socket.
  private(set) var socketError: Int32 = 0
  /// Whether a request was about to leave, this one or one that led here by a redirect.
  private(set) var hasStarted = false

  private let errorText: UnsafeMutablePointer<CChar>
  private var headerList: UnsafeMutablePointer<curl_slist>?
  /// The lines for the GET that a redirect made of the request.
  private var bodilessHeaderList: UnsafeMutablePointer<curl_slist>?
  private var form: OpaquePointer?
  private var hasOwnMethod = false
  private var hasBecomeGet = false

  enum Excess { case head, body }

  init(_ order: Order, easy: EasyHandle) {
    id = order.id
    checked = order.checked
    egress = order.egress
    completion = order.completion
    self.easy = easy
    deadline = order.deadline
    errorText = .allocate(capacity: Int(CURL_ERROR_SIZE))
    errorText.initialize(repeating: 0, count: Int(CURL_ERROR_SIZE))
  }

  /// By now the easy handle has been reset or freed, so nothing points here any more.
  deinit {
    curl_slist_free_all(headerList)
    curl_slist_free_all(bodilessHeaderList)
    curl_mime_free(form)
    errorText.deallocate()
  }

  /// Sets all options of the easy handle.
  func prepare() throws(OutboundError) {
    try easy.configure(checked)
    try setMethodAndBody()
    try setHeaders(checked.headerLines, in: &headerList)
    let context = Unmanaged.passUnretained(self).toOpaque()
    try easy.set(CURLOPT_WRITEFUNCTION, callback: bodyArrived)
    try easy.set(CURLOPT_WRITEDATA, pointer: context)
    try easy.set(CURLOPT_HEADERFUNCTION, callback: headerArrived)
    try easy.set(CURLOPT_HEADERDATA, pointer: context)
    try easy.setOpenSocket(socketAsked)
    try easy.set(CURLOPT_OPENSOCKETDATA, pointer: context)
    try easy.setStart(requestStarts)
    try easy.set(CURLOPT_PREREQDATA, pointer: context)
    try easy.set(CURLOPT_PRIVATE, pointer: context)
    try easy.set(CURLOPT_ERRORBUFFER, pointer: errorText)
  }

  /// libcurl does not copy the list.
  private func setHeaders(
    _ lines: [String], in list: inout UnsafeMutablePointer<curl_slist>?
  ) throws(OutboundError) {
    for line in lines {
      guard let longer = curl_slist_append(list, line) else {
        throw OutboundError(kind: .other, message: "libcurl has no memory for the headers")
      }
      list = longer
    }
    try easy.set(CURLOPT_HTTPHEADER, list: list)
  }

  private func setMethodAndBody() throws(OutboundError) {
    let method = checked.request.method
    let implied: String
    switch checked.request.body {
    case .bytes(let bytes, _):
      try easy.setBody(bytes)
      implied = "POST"
    case .multipart(let parts):
      form = try easy.makeForm(parts)
      try easy.set(CURLOPT_MIMEPOST, pointer: form.map(UnsafeMutableRawPointer.init))
      implied = "POST"
    case .none where ["POST", "PUT", "PATCH"].contains(method):
      // Content-Length: 0, as servers expect of these methods.
      try easy.setBody([])
      implied = "POST"
    case .none where method == "HEAD":
      try easy.set(CURLOPT_NOBODY, true)
      implied = "HEAD"
    case .none:
      try easy.set(CURLOPT_HTTPGET, true)
      implied = "GET"
    }
    hasOwnMethod = method != implied
    if hasOwnMethod { try easy.set(CURLOPT_CUSTOMREQUEST, method) }
  }

  func missesSocket(_ code: Int32) { socketError = code }

  /// Whether the transfer may connect to the address.
  func permits(_ address: IPAddress) -> Bool {
    if egress.permits(address) {
      hasPermittedAddress = true
      return true
    }
    if !refusedAddresses.contains(address) { refusedAddresses.append(address) }
    return false
  }

  /// Asked when the first byte is about to leave; false breaks the transfer off.
  func start() -> Bool {
    guard checked.request.mayStart?() ?? true else { return false }
    hasStarted = true
    return true
  }

  /// False breaks the transfer off.
  func take(header line: UnsafeRawBufferPointer) -> Bool {
    guard head.take(line) else {
      excess = .head
      return false
    }
    // Connections from here on are a redirect's.
    refusedAddresses = []
    hasPermittedAddress = false
    socketError = 0
    guard !hasBecomeGet, becomesGet, checked.request.redirects > 0 else { return true }
    hasBecomeGet = true
    return (try? becomeGet()) != nil
  }

  /// "See Other" is a GET, whatever the method was; of the others a POST becomes one, see `configureRedirects`.
  private var becomesGet: Bool {
    switch head.status {
    case 301, 302: checked.request.method == "POST"
    case 303: checked.request.method != "HEAD"
    default: false
    }
  }

  /// libcurl drops the body but would keep the method's name and what the header says about the body.
  private func becomeGet() throws(OutboundError) {
    if hasOwnMethod { try easy.set(CURLOPT_CUSTOMREQUEST, nil as String?) }
    try setHeaders(checked.headerLinesWithoutBody, in: &bodilessHeaderList)
  }

  /// False breaks the transfer off.
  func take(body bytes: UnsafeRawBufferPointer) -> Bool {
    guard bytes.count <= checked.request.maxBody - body.count else {
      excess = .body
      return false
    }
    body.append(contentsOf: bytes)
    return true
  }

  /// libcurl's own words about the failure; empty if it has none.
  var errorMessage: String { String(cString: errorText) }

  func resume(with outcome: Outcome) { completion.resume(returning: outcome) }
}
