// The workflows that are measured: as little work as a workflow can do, so that the figures are Millrace's own.

enum BenchWorkflow: String {
  case asynchronous = "bench"
  case synchronous = "bench-sync"
  /// The same with JavaScript.
  case asynchronousScript = "bench-script"
  case synchronousScript = "bench-script-sync"

  var key: String { rawValue }
  var path: String { "/api/webhooks/\(key)" }

  private var isSynchronous: Bool { self == .synchronous || self == .synchronousScript }
  var hasScript: Bool { self == .asynchronousScript || self == .synchronousScript }

  /// For the conditions.
  var description: String {
    "a workflow with \(hasScript ? "a script" : "map")\(isSynchronous ? " and response" : "")"
  }

  var text: String {
    """
    key: \(key)
    trigger: {type: webhook, mode: \(isSynchronous ? "sync" : "async")}
    keep: {succeeded: 0, failed: 0}
    nodes:
    \(hasScript ? Self.script : Self.map)
    \(isSynchronous ? Self.response : "")
    """
  }

  private static let map = """
      - key: mapped
        type: map
        value: {event: "{{$context.data.event}}", message: "{{$context.data.data.message}}"}
    """

  private static let script = """
      - key: mapped
        type: script
        code: "return { event: $context.data.event, message: $context.data.data.message }"
    """

  private static let response = """
      - key: reply
        type: response
        status: 200
        body: "{{$nodes.mapped}}"
    """
}
