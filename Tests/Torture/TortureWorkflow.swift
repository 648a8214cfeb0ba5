// The workflows of the torture: each makes calls whose order, number and content show whether a promise was kept.

enum TortureWorkflow: UInt8, CaseIterable, Sendable {
  /// Five requests, each with the serial number that the one before it got.
  case steps
  /// Only a few at once, see `limit`.
  case limited
  /// One after another for each key.
  case ordered
  /// Two seconds between two requests.
  case timed
  /// The target fails often.
  case retried
  /// The caller waits for the answer.
  case sync
  /// A script works out what the request says.
  case scripted
  /// A request for each of three items.
  case loops
  /// The target has to call back before it goes on.
  case waits
  /// The same delivery comes several times at once.
  case once
  /// Two requests at the same time, then one that tells of both.
  case forked

  static let delay = 2.0
  static let items = 3

  var key: String { "\(self)" }

  init?(key: some StringProtocol) {
    guard let workflow = Self.allCases.first(where: { $0.key == key }) else { return nil }
    self = workflow
  }

  var needs: Feature? {
    switch self {
    case .steps, .sync, .scripted, .once: nil
    case .limited: .concurrency
    case .ordered: .order
    case .timed: .delay
    case .retried: .retry
    case .loops: .loop
    case .waits: .wait
    case .forked: .parallel
    }
  }

  /// How many executions of `limited` may run at once when so many webhooks come in a second: few enough to be reached
  /// again and again, and more than twice what comes, so that faults leave no backlog that grows.
  static func limit(atRate rate: Double) -> Int { max(2, Int(rate / 50)) }

  /// How many of about a hundred asynchronous webhooks are for it.
  var share: Int {
    switch self {
    case .steps: 30
    case .ordered: 15
    case .scripted, .once, .retried, .timed: 10
    case .loops: 7
    case .waits, .forked: 5
    case .limited: 3
    case .sync: 0
    }
  }

  /// The nodes that call the target, in order; a loop's node stands there once for each item.
  var calls: [String] {
    switch self {
    case .steps: ["s1", "s2", "s3", "s4", "s5"]
    case .limited, .scripted, .once: ["s1"]
    case .ordered, .timed, .retried: ["s1", "s2"]
    case .sync: []
    case .loops: Array(repeating: "call", count: Self.items) + ["sum"]
    case .waits: ["tell", "after"]
    case .forked: ["left", "right", "after"]
    }
  }

  /// How many of its calls may be under way at one moment.
  var width: Int { self == .forked ? 2 : 1 }

  /// Calls of a later stage come after all those of the stages before.
  func stage(ofStep step: Int) -> Int { self == .forked ? step / 2 : step }

  /// How often each execution gives its worker up to wait, at least.
  var leastWaits: Int { self == .timed ? 1 : 0 }

  /// Whether it keeps its worker from its first node to its last.
  var isUnbroken: Bool {
    switch self {
    case .steps, .limited, .ordered, .scripted, .loops, .once, .forked, .sync: true
    case .timed, .retried, .waits: false
    }
  }

  /// Which call it is, from 0; nil for a node that makes none.
  func step(ofNode node: some StringProtocol, item: Int?) -> Int? {
    calls.firstIndex { $0 == node }.map { $0 + (item ?? 0) }
  }

  /// The workflow file, for a target at that port.
  func text(target: Int, limit: Int) -> String {
    """
    key: \(key)
    trigger: \(trigger)
    \(settings(limit))nodes:
    \(nodes(target).map { "  - \($0)" }.joined(separator: "\n"))

    """
  }

  private var trigger: String {
    switch self {
    case .sync: "{type: webhook, mode: sync, timeout: 5s}"
    case .once: #"{type: webhook, deduplicate: {by: "{{$context.headers.x-delivery}}", for: 1h}}"#
    default: "{type: webhook}"
    }
  }

  private func settings(_ limit: Int) -> String {
    switch self {
    case .limited: "concurrency: \(limit)\n"
    case .ordered: "order: \"{{$context.data.key}}\"\n"
    case .retried: "retry: {attempts: 20, delay: 200ms, maxDelay: 1s}\n"
    default: ""
    }
  }

  private func nodes(_ target: Int) -> [String] {
    func call(_ node: String, step: Int, _ body: String) -> String {
      let url = "http://127.0.0.1:\(target)/\(key)/\(step)"
      // Each worker has a name of its own there, so that the target knows whose call it is.
      let worker = #"headers: {X-Worker: "{{$env.WORKER}}"}"#
      return #"{key: \#(node), type: request, url: "\#(url)", \#(worker), json: {n: "{{$context.data.n}}", \#(body)}}"#
    }
    switch self {
    case .steps, .limited, .ordered, .retried, .once:
      return calls.enumerated().map { step, node in
        call(node, step: step, step == 0 ? "from: 0" : #"from: "{{$nodes.\#(calls[step - 1]).data.serial}}""#)
      }
    case .timed:
      let second = #"from: "{{$nodes.s1.data.serial}}", due: "{{$nodes.pause}}""#
      return [
        call("s1", step: 0, "from: 0"), "{key: pause, type: delay, for: 2s}", call("s2", step: 1, second),
      ]
    case .sync:
      return [
        #"{key: read, type: map, value: {n: "{{$context.data.n}}"}}"#,
        #"{key: answer, type: response, body: "{{$nodes.read}}"}"#,
      ]
    case .scripted:
      return [
        #"{key: work, type: script, code: "return { double: $context.data.n * 2 }"}"#,
        call("s1", step: 0, #"from: "{{$nodes.work.double}}""#),
      ]
    case .loops:
      let item = call("call", step: 0, #"from: 0, item: "{{$scopes.each.index}}""#)
      return [
        "{key: each, type: loop, over: \(Self.items), do: [\(item)]}",
        call("sum", step: Self.items, #"serials: "{{$nodes.each.data.serial}}""#),
      ]
    case .waits:
      let tell = call("tell", step: 0, #"from: 0, url: "{{$scopes.hold.url}}""#)
      return [
        "{key: hold, type: wait, for: 8s, onTimeout: continue, do: [\(tell)]}",
        call("after", step: 1, #"from: "{{$nodes.hold.data.serial}}""#),
      ]
    case .forked:
      let branches = (0...1).map { "{do: [\(call(calls[$0], step: $0, "from: 0"))]}" }
      return [
        "{key: both, type: parallel, branches: [\(branches.joined(separator: ", "))]}",
        call("after", step: 2, #"serials: "{{$nodes.both.data.serial}}""#),
      ]
    }
  }
}
