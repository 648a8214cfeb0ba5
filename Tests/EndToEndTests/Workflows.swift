// Workflow files that several suites use.

enum Workflows {
  /// Answers with the token it was sent.
  static let echo = """
    trigger: {type: webhook, mode: sync, timeout: 30s}
    nodes:
      - {key: read, type: map, value: {token: "{{$context.data.token}}"}}
      - {key: answer, type: response, body: "{{$nodes.read}}"}
    """

  /// Takes any webhook and does next to nothing.
  static let accept = """
    trigger: {type: webhook}
    nodes:
      - {key: read, type: map, value: {n: "{{$context.data.n:none}}"}}
    """

  /// Calls the target, and answers with what the trigger says once that has answered.
  static func call(_ port: Int, trigger: String) -> String {
    """
    trigger: \(trigger)
    nodes:
      - {key: s1, type: request, url: "http://127.0.0.1:\(port)/s1", json: "{{$context.data}}"}
      - {key: result, type: output, value: {done: "{{$context.data.n}}"}}
    """
  }
}
