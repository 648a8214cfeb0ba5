// What a finished transfer comes to: the answer with its times, or an error.

import CCurl

extension Transfer {
  func outcome(_ code: CURLcode) -> Outcome {
    code == CURLE_OK ? .success(response) : .failure(failure(code))
  }

  private var response: OutboundResponse {
    OutboundResponse(
      status: easy.long(CURLINFO_RESPONSE_CODE), httpVersion: httpVersion, headers: head.headers, body: body,
      url: RequestURL.withoutUser(easy.string(CURLINFO_EFFECTIVE_URL) ?? checked.url.text), timing: timing)
  }

  private var httpVersion: String {
    switch easy.long(CURLINFO_HTTP_VERSION) {
    case 1: "1.0"
    case 3: "2"
    case 4...: "3"
    default: "1.1"
    }
  }

  /// libcurl's times are all counted from the start, and 0 for what did not happen.
  private var timing: OutboundTiming {
    let lookup = easy.microseconds(CURLINFO_NAMELOOKUP_TIME_T)
    let connect = easy.microseconds(CURLINFO_CONNECT_TIME_T)
    let handshake = easy.microseconds(CURLINFO_APPCONNECT_TIME_T)
    let answer = easy.microseconds(CURLINFO_STARTTRANSFER_TIME_T)
    // Whole microseconds are subtracted, which leaves no digits behind them.
    func milliseconds(_ end: Int, since start: Int = 0) -> Double { Double(max(0, end - start)) / 1_000 }
    var timing = OutboundTiming()
    timing.reused = easy.long(CURLINFO_NUM_CONNECTS) == 0
    timing.redirects = easy.long(CURLINFO_REDIRECT_COUNT)
    timing.total = milliseconds(easy.microseconds(CURLINFO_TOTAL_TIME_T))
    timing.firstByte = milliseconds(answer, since: easy.microseconds(CURLINFO_PRETRANSFER_TIME_T))
    guard !timing.reused else { return timing }
    timing.dns = milliseconds(lookup)
    timing.connect = milliseconds(connect, since: lookup)
    timing.tls = milliseconds(handshake, since: connect)
    return timing
  }
}
