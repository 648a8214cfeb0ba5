// The workflows that are measured: as little work as a workflow can do, so that the figures are Millrace's own.

enum BenchWorkflow: String {
  case asynchronous = "bench"
  case synchronous = "bench-sync"
  /// The same with JavaScript.
  case asynchronousScript = "bench-script"
  case synchronousScript = "bench-script-sync"
  /// With GitHub's signature, duplicates and a JSON Schema checked.
  case guarded = "bench-guarded"
  /// Its sender asks questions about the address.
  case asked = "bench-asked"

  var key: String { rawValue }
  var path: String { "/api/webhooks/\(key)" }

  private var isSynchronous: Bool { self == .synchronous || self == .synchronousScript }
  var hasScript: Bool { self == .asynchronousScript || self == .synchronousScript }

  /// For the conditions.
  var description: String {
    if self == .guarded { return "GitHub's signature, duplicates by delivery id and a JSON Schema" }
    return "a workflow with \(hasScript ? "a script" : "map")\(isSynchronous ? " and response" : "")"
  }

  var text: String {
    """
    key: \(key)
    trigger:
      type: webhook
      mode: \(isSynchronous ? "sync" : "async")
    \(self == .guarded ? Self.guards : self == .asked ? Self.sender : "")
    keep: {succeeded: 0, failed: 0}
    nodes:
    \(hasScript ? Self.script : Self.map)
    \(isSynchronous ? Self.response : "")
    """
  }

  static let secret = "a secret of the benchmark"

  private static let sender = """
      verify: [{provider: dropbox, secrets: "\(secret)"}]
    """

  private static let guards = """
      verify: [{provider: github, secrets: "\(secret)"}]
      schema:
        type: object
        required: [ref, repository, commits]
        properties:
          ref: {type: string, pattern: "^refs/"}
          repository: {type: object, required: [id, full_name]}
          commits: {type: array, items: {type: object, required: [id, message, author]}}
    """

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
