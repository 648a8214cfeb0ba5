// What a sender of webhooks writes and reads, as values: the outer ends of a webhook's journey.

package struct SystemRequest: Sendable {
  package var method: String
  package var path: String
  package var headers: [(name: String, value: String)]
  package var body: [UInt8]

  package init(
    _ method: String, _ path: String, headers: [(name: String, value: String)] = [], body: [UInt8] = []
  ) {
    self.method = method
    self.path = path
    self.headers = headers
    self.body = body
  }

  /// A webhook with a JSON body.
  package static func webhook(
    _ key: String, _ json: String, headers: [(name: String, value: String)] = []
  ) -> SystemRequest {
    SystemRequest(
      "POST", "/api/webhooks/\(key)", headers: [(name: "Content-Type", value: "application/json")] + headers,
      body: Array(json.utf8))
  }

  package static func get(_ path: String) -> SystemRequest { SystemRequest("GET", path) }

  /// The request as HTTP/1.1 has it, framed by Content-Length.
  package var wire: [UInt8] {
    var text = "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\n"
    for (name, value) in headers { text += "\(name): \(value)\r\n" }
    if !body.isEmpty || method != "GET" { text += "Content-Length: \(body.count)\r\n" }
    return Array((text + "\r\n").utf8) + body
  }
}

package struct SystemAnswer: Sendable {
  package let status: Int
  package let headers: [(name: String, value: String)]
  package let body: [UInt8]
  /// Statuses of the interim answers that came before, 100 for example.
  package let interim: [Int]

  package var text: String { String(decoding: body, as: UTF8.self) }
  package var executionID: String? { self[header: "Millrace-Execution-Id"] }
  package var isSuccess: Bool { (200..<300).contains(status) }

  package subscript(header name: String) -> String? {
    headers.first { $0.name.lowercased() == name.lowercased() }?.value
  }
}
