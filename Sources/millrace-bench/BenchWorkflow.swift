// The workflows that are measured: as little work as a workflow can do, so that the figures are Millrace's own.

enum BenchWorkflow: String {
  case asynchronous = "bench"
  case synchronous = "bench-sync"

  var key: String { rawValue }
  var path: String { "/api/webhooks/\(key)" }

  var text: String {
    switch self {
    case .asynchronous:
      """
      key: \(key)
      trigger: {type: webhook}
      keep: {succeeded: 0, failed: 0}
      nodes:
        - key: mapped
          type: map
          value: {event: "{{$context.data.event}}", message: "{{$context.data.data.message}}"}

      """
    case .synchronous:
      """
      key: \(key)
      trigger: {type: webhook, mode: sync}
      keep: {succeeded: 0, failed: 0}
      nodes:
        - key: mapped
          type: map
          value: {event: "{{$context.data.event}}", message: "{{$context.data.data.message}}"}
        - key: reply
          type: response
          status: 200
          body: "{{$nodes.mapped}}"

      """
    }
  }
}
