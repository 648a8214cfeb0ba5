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
    let lookup = easy.milliseconds(CURLINFO_NAMELOOKUP_TIME_T)
    let connect = easy.milliseconds(CURLINFO_CONNECT_TIME_T)
    let handshake = easy.milliseconds(CURLINFO_APPCONNECT_TIME_T)
    var timing = OutboundTiming()
    timing.reused = easy.long(CURLINFO_NUM_CONNECTS) == 0
    timing.redirects = easy.long(CURLINFO_REDIRECT_COUNT)
    timing.total = easy.milliseconds(CURLINFO_TOTAL_TIME_T)
    timing.firstByte = max(
      0, easy.milliseconds(CURLINFO_STARTTRANSFER_TIME_T) - easy.milliseconds(CURLINFO_PRETRANSFER_TIME_T))
    guard !timing.reused else { return timing }
    timing.dns = lookup
    timing.connect = max(0, connect - lookup)
    timing.tls = handshake > 0 ? max(0, handshake - connect) : 0
    return timing
  }
}
