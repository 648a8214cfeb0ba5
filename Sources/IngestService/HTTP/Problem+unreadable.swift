// What the parser says of bytes that are no request, in words that help whoever sent them.

import AuditLog
import NIOHTTP1

extension Problem {
  static func unreadable(_ fault: HTTPParserError) -> Problem {
    fault == .headerOverflow ? .headersTooLarge : .malformed(fault.explanation, check: .http)
  }
}

extension HTTPParserError {
  /// The parser does not tell the bytes, so a handshake of TLS looks like an unknown method to it.
  fileprivate var explanation: String {
    switch self {
    case .invalidMethod:
      "This does not begin with a known HTTP method in capitals; if it is TLS, send it to a port that speaks TLS."
    case .paused: "This is HTTP/2; this server speaks HTTP/1.1."
    case .invalidVersion, .invalidConstant: "The request line does not end in \"HTTP/1.1\" and CR LF."
    case .invalidURL: "The request target has a character that must be percent-encoded, or is none."
    case .invalidHeaderToken: "A header field has no colon, or a character that may not stand there."
    case .invalidContentLength: "The Content-Length is no number, too large, or stands beside a Transfer-Encoding."
    case .unexpectedContentLength: "There is more than one Content-Length."
    case .unknown:
      "A line does not end in CR LF, or the Transfer-Encoding is not \"chunked\" or stands beside a Content-Length."
    case .invalidChunkSize: "A chunk of the body does not begin with its size."
    case .strictModeAssertion, .lfExpected: "A line does not end in CR LF, or a chunk not where its size says."
    default: "This is not a well-formed HTTP/1.1 request."
    }
  }
}
