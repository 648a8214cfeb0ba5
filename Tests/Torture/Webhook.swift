// One webhook as the senders make it.

import NIOCore

struct Webhook: Sendable {
  let workflow: TortureWorkflow
  /// New for each, but for deliveries that are sent several times.
  let n: UInt32
  /// What `order` goes by.
  let key: Int
  let sent: Moment

  var request: ByteBuffer {
    let body = #"{"n":\#(n),"key":"\#(key)"}"#
    let delivery = workflow == .once ? "X-Delivery: \(n)\r\n" : ""
    return ByteBuffer(
      string: """
        POST /api/webhooks/\(workflow.key) HTTP/1.1\r
        Host: localhost\r
        Content-Type: application/json\r
        \(delivery)Content-Length: \(body.utf8.count)\r
        \r
        \(body)
        """)
  }
}
