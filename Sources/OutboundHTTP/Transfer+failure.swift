// Why a transfer has no answer, in words that help whoever reads them in an execution's record.

import CCurl
import Glibc
import ProcessSupport

extension Transfer {
  func failure(_ code: CURLcode) -> OutboundError {
    let (kind, reason) = explanation(code)
    return OutboundError(kind: kind, message: "\(subject): \(reason)", mayHaveBeenSent: hasStarted)
  }

  /// `POST https://host/path`, and where redirects have led.
  private var subject: String {
    let first = RequestURL.shown(checked.url.text)
    guard isRedirected, let last = easy.string(CURLINFO_EFFECTIVE_URL) else {
      return "\(checked.request.method) \(first)"
    }
    return "\(checked.request.method) \(first), redirected to \(RequestURL.shown(last))"
  }

  private var isRedirected: Bool { easy.long(CURLINFO_REDIRECT_COUNT) > 0 }

  /// The host that is spoken to now.
  private var host: String {
    easy.string(CURLINFO_EFFECTIVE_URL).flatMap { RequestURL.parse($0)?.host } ?? checked.url.host
  }

  private func explanation(_ code: CURLcode) -> (OutboundError.Kind, String) {
    switch code {
    case CURLE_COULDNT_RESOLVE_HOST:
      return (.resolve, "the name \(host) has no address; check the URL, or this machine's name service")
    case CURLE_COULDNT_RESOLVE_PROXY:
      return (.resolve, "the proxy's name has no address; check the proxy's URL, or this machine's name service")
    case CURLE_COULDNT_CONNECT, CURLE_PROXY:
      return connectFailure(code)
    case CURLE_OPERATION_TIMEDOUT:
      return (.timeout, lateness)
    case CURLE_PEER_FAILED_VERIFICATION:
      return (
        .tls,
        "the TLS certificate of \(host) is not trusted (\(detail(code))); if its authority is a private one, name its "
          + "file as \"ca\" in the request's tls settings"
      )
    case CURLE_SSL_CACERT_BADFILE:
      return (.tls, "the file of TLS authorities \(checked.request.tls.authorities ?? "") cannot be read")
    case CURLE_SSL_CONNECT_ERROR, CURLE_SSL_CERTPROBLEM, CURLE_SSL_CIPHER, CURLE_SSL_ISSUER_ERROR,
      CURLE_SSL_INVALIDCERTSTATUS, CURLE_USE_SSL_FAILED:
      return (.tls, "no TLS connection with \(host): \(detail(code))")
    case CURLE_ABORTED_BY_CALLBACK:
      return (hasStarted ? .canceled : .notStarted, "not sent, because whoever asked for it may do so no more")
    case CURLE_TOO_MANY_REDIRECTS:
      return (.tooManyRedirects, "more than \(checked.request.redirects) redirects; the last led to \(host)")
    case CURLE_WRITE_ERROR where excess != nil:
      return (.tooLarge, excessText)
    default:
      return exchangeFailure(code)
    }
  }

  private func connectFailure(_ code: CURLcode) -> (OutboundError.Kind, String) {
    if !refusedAddresses.isEmpty, !hasPermittedAddress {
      return (.refusedAddress, refusal)
    }
    if socketError != 0, !hasStarted {
      return (.lacking, "not sent, as this process has no socket left: \(String(cString: strerror(socketError)))")
    }
    let number = easy.long(CURLINFO_OS_ERRNO)
    let reason = number == 0 ? detail(code) : String(cString: strerror(Int32(truncatingIfNeeded: number)))
    let target = checked.request.proxy.map { "the proxy \(RequestURL.shown($0)) for \(host)" } ?? host
    return (.connect, "cannot connect to \(target): \(reason)")
  }

  private var refusal: String {
    let addresses = refusedAddresses.map(\.description).joined(separator: ",")
    let isAddress = addresses == host || "[\(addresses)]" == host
    let place = isAddress ? "is a private address" : "is at the private address \(addresses)"
    return "\(host) \(place), which requests may not reach; to allow it, add \(addresses) to \(EgressPolicy.setting)"
  }

  private func exchangeFailure(_ code: CURLcode) -> (OutboundError.Kind, String) {
    switch code {
    case CURLE_GOT_NOTHING:
      return (.protocolViolation, "\(host) closed the connection without an answer")
    case CURLE_UNSUPPORTED_PROTOCOL:
      return (.protocolViolation, "the redirect leads to a scheme that is neither http nor https")
    case CURLE_URL_MALFORMAT where isRedirected:
      return (.protocolViolation, "the redirect leads to a URL that is not valid")
    case CURLE_URL_MALFORMAT:
      return (.invalidRequest, "the URL \(RequestURL.shown(checked.url.text)) is not valid: check the host's name")
    case CURLE_BAD_CONTENT_ENCODING:
      return (.protocolViolation, "the compressed answer of \(host) is broken")
    case CURLE_RECV_ERROR, CURLE_SEND_ERROR, CURLE_PARTIAL_FILE, CURLE_HTTP2, CURLE_HTTP2_STREAM,
      CURLE_WEIRD_SERVER_REPLY, CURLE_SEND_FAIL_REWIND:
      return (.protocolViolation, "the exchange with \(host) broke off: \(detail(code))")
    default:
      return (.other, "the exchange with \(host) failed: \(detail(code))")
    }
  }

  private var lateness: String {
    let limit = checked.request.timeout
    if easy.microseconds(CURLINFO_PRETRANSFER_TIME_T) > 0 {
      let state = head.status == 0 ? "no answer yet" : "\(body.count) bytes of the answer's body so far"
      return "not done within \(limit.inWords): \(state)"
    }
    let connectLimit = checked.request.connectTimeout
    if !hasPermittedAddress, deadline <= .now { return "no free connection to \(host) within \(limit.inWords)" }
    return "not connected to \(host) within \(min(connectLimit, limit).inWords)"
  }

  private var excessText: String {
    switch excess {
    case .body: "the answer's body is longer than the limit of \(checked.request.maxBody) bytes"
    case .head, nil: "the answer's headers are longer than \(ResponseHead.limit) bytes"
    }
  }

  /// libcurl's text for this failure, unless it quotes a URL, which may have a password in it.
  private func detail(_ code: CURLcode) -> String {
    let text = errorMessage
    let isSafe = !text.isEmpty && !text.contains("@") && !text.contains("://")
    return isSafe ? text : String(cString: curl_easy_strerror(code))
  }
}

extension Order {
  /// It has never begun.
  var lateness: OutboundError {
    let request = checked.request
    return OutboundError(
      kind: .timeout,
      message: "\(request.method) \(RequestURL.shown(checked.url.text)): not begun within \(request.timeout.inWords), "
        + "as this process may have no more connections",
      mayHaveBeenSent: false)
  }
}

extension Duration {
  fileprivate var inWords: String {
    let milliseconds = wholeMilliseconds
    return milliseconds % 1_000 == 0 ? "\(milliseconds / 1_000) s" : "\(milliseconds) ms"
  }
}
