// How a checked request is told to libcurl.

import CCurl
import ProcessSupport

extension EasyHandle {
  private static let longestHTTP2Body = 60_000

  func configure(_ checked: CheckedRequest) throws(OutboundError) {
    let request = checked.request
    try set(CURLOPT_URL, checked.url.text)
    try configureConnection(request, isSecure: checked.url.isSecure)
    try configureTLS(request.tls)
    try configureRedirects(request)
    try set(CURLOPT_USERAGENT, "millrace/\(Build.version)")
    // Every compression that libcurl was built with; it hands over the decompressed bytes.
    try set(CURLOPT_ACCEPT_ENCODING, "")
    if let authorization = request.authorization { try configure(authorization) }
  }

  private func configureConnection(_ request: OutboundRequest, isSecure: Bool) throws(OutboundError) {
    // Timeouts without signals, which would hit the wrong thread.
    try set(CURLOPT_NOSIGNAL, true)
    try set(CURLOPT_TIMEOUT_MS, request.timeout.wholeMilliseconds)
    try set(CURLOPT_CONNECTTIMEOUT_MS, request.connectTimeout.wholeMilliseconds)
    // Giving up on a name lookup would otherwise wait for the lookup's end, and every other transfer with it.
    try set(CURLOPT_QUICK_EXIT, true)
    try set(CURLOPT_TCP_KEEPALIVE, true)
    // libcurl 7.88 waits for ever to send the rest of an HTTP/2 upload that was answered early (a redirect, a 401),
    // so bodies that may not fit the smallest usual window go over HTTP/1.1.
    let isLong = request.body.size > EasyHandle.longestHTTP2Body
    try set(CURLOPT_HTTP_VERSION, isLong ? CURL_HTTP_VERSION_1_1 : CURL_HTTP_VERSION_2TLS)
    // A burst to one host waits for the first handshake and then shares its connection if that is HTTP/2. Not without
    // TLS: there libcurl would know only after the first answer.
    try set(CURLOPT_PIPEWAIT, isSecure)
    // The empty text is "none", nil would be "what the environment says". With a proxy, EgressPolicy sees the proxy's
    // address and no other: names are resolved by the proxy, which must guard what it reaches.
    try set(CURLOPT_PROXY, request.proxy ?? "")
    try set(CURLOPT_NOPROXY, "")
    try set(CURLOPT_SUPPRESS_CONNECT_HEADERS, true)
  }

  private func configureTLS(_ options: OutboundRequest.TLSOptions) throws(OutboundError) {
    try set(CURLOPT_SSLVERSION, CURL_SSLVERSION_TLSv1_2)
    try set(CURLOPT_SSL_VERIFYPEER, options.verify)
    try set(CURLOPT_SSL_VERIFYHOST, options.verify ? 2 : 0)
    if let file = options.authorities {
      try set(CURLOPT_CAINFO, file)
      try set(CURLOPT_CAPATH, nil as String?)
    } else if TransferSet.hasAuthorityFile {
      // With a directory besides the file, libcurl reads all authorities anew for each connection.
      try set(CURLOPT_CAPATH, nil as String?)
    }
  }

  private func configureRedirects(_ request: OutboundRequest) throws(OutboundError) {
    try set(CURLOPT_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_REDIR_PROTOCOLS_STR, "http,https")
    try set(CURLOPT_FOLLOWLOCATION, request.redirects > 0)
    try set(CURLOPT_MAXREDIRS, max(0, request.redirects))
    // As browsers do: 301 and 302 turn a POST into a GET and leave PUT, PATCH and DELETE alone.
    let isKept = request.method != "POST"
    try set(CURLOPT_POSTREDIR, isKept ? Int(CURL_REDIR_POST_301 | CURL_REDIR_POST_302) : 0)
  }

  /// libcurl sends both forms to the first URL's host, port and scheme only.
  private func configure(_ authorization: OutboundRequest.Authorization) throws(OutboundError) {
    switch authorization {
    case .basic(let user, let password):
      try set(CURLOPT_HTTPAUTH, 1 << 0)
      try set(CURLOPT_USERNAME, user)
      try set(CURLOPT_PASSWORD, password)
    case .bearer(let token):
      try set(CURLOPT_HTTPAUTH, 1 << 6)
      try set(CURLOPT_XOAUTH2_BEARER, token)
    }
  }
}

extension OutboundRequest.Body {
  /// About how many bytes are sent.
  fileprivate var size: Int {
    switch self {
    case .none: 0
    case .bytes(let bytes, _): bytes.count
    case .multipart(let parts): parts.reduce(0) { $0 + $1.bytes.count + 500 }
    }
  }
}

extension Duration {
  /// At least 1, because 0 is "for ever" to libcurl.
  var wholeMilliseconds: Int {
    let (seconds, attoseconds) = components
    guard seconds < Int64(Int32.max) / 1_000 else { return Int(Int32.max) }
    return max(1, Int(seconds) * 1_000 + Int(attoseconds / 1_000_000_000_000_000))
  }
}
