// Single HTTP requests: whether a server is up, what its metrics say. Load is wrk's business.

struct HTTPProbe {
  let port: Int

  func get(_ path: String) throws -> (status: Int, body: String) {
    try exchange("GET \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
  }

  /// A webhook like those of the load.
  func post(_ path: String, _ body: String = Load.body) throws -> (status: Int, body: String) {
    try exchange(
      "POST \(path) HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\nContent-Type: application/json\r\n"
        + "Content-Length: \(body.utf8.count)\r\n\r\n\(body)")
  }

  /// The value of a metric without labels; 0 when there is none.
  func metric(_ name: String) throws -> Double {
    let line = try get("/-/metrics").body.split(separator: "\n").first { $0.hasPrefix("\(name) ") }
    return line.flatMap { Double($0.dropFirst(name.count + 1)) } ?? 0
  }

  private func exchange(_ request: String) throws -> (status: Int, body: String) {
    let connection = try LoopbackConnection(port: port)
    try connection.send(request)
    var answer: [UInt8] = []
    while true {
      let bytes = try connection.receive()
      if bytes.isEmpty { break }
      answer += bytes
    }
    let text = String(decoding: answer, as: UTF8.self)
    guard let status = text.split(separator: " ").dropFirst().first.flatMap({ Int($0.prefix(3)) }),
      let end = text.firstRange(of: "\r\n\r\n")
    else { throw BenchError("127.0.0.1:\(port) gives no HTTP answer") }
    return (status, String(text[end.upperBound...]))
  }
}
