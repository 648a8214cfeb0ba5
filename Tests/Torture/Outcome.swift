// What the record of one execution says in the end, in a few dozen bytes.

import JSONCodec

struct Outcome: Sendable {
  /// For a node that has no record: no serial number is so large.
  static let missing = UInt32.max

  let key: ExecutionKey
  let workflow: TortureWorkflow
  let hasSucceeded: Bool
  let crashes: UInt8
  /// How often the fence went on from the first run: by one with each further run, and with each hand-back.
  let takeovers: UInt16
  /// Attempts that were counted because they failed, of all nodes that call the target.
  let tries: UInt8
  /// What each call has to carry, as the record has it of the node before; 0 for the first. Of `sync` the number that it
  /// was answered with.
  let carried: SIMD8<UInt32>
  /// The serial number that the record has of each call.
  let serials: SIMD8<UInt32>

  init?(_ record: ExecutionFields) {
    guard let key = ExecutionKey(record.token), let workflow = record["wf"].flatMap({ TortureWorkflow(key: $0) }) else {
      return nil
    }
    self.key = key
    self.workflow = workflow
    hasSucceeded = record["st"] == "succeeded"
    crashes = UInt8(clamping: record["crashes"].flatMap { Int($0) } ?? 0)
    // The first epoch is a time in steps of 1024, and one.
    takeovers = record["ep"].flatMap { Int64($0) }.map { UInt16(($0 - 1) & 1023) } ?? 0
    func node(_ path: String) -> JSON? { record["n:\(path)"].flatMap { try? JSON.parse(Array($0.utf8)) } }
    func number(of path: String) -> UInt32 {
      node(path)?["result"].flatMap { workflow.number(in: $0) } ?? Self.missing
    }
    var carried = SIMD8<UInt32>(repeating: 0)
    var serials = SIMD8<UInt32>(repeating: 0)
    var tries = 0
    for step in workflow.calls.indices {
      if let source = workflow.source(ofStep: step) { carried[step] = number(of: source) }
      let call = node(workflow.path(ofStep: step))
      let serial = call?["result"]?["data"]?["serial"]?.intValue
      serials[step] = serial.flatMap { UInt32(exactly: $0) } ?? Self.missing
      tries += call?["tries"]?.intValue.flatMap { Int(exactly: $0) } ?? 0
    }
    if workflow == .sync { carried[0] = number(of: "read") }
    self.carried = carried
    self.serials = serials
    self.tries = UInt8(clamping: tries)
  }

  /// It was taken from its worker before its end, and that worker had not died.
  var wasHandedBack: Bool { workflow.isUnbroken && crashes == 0 && takeovers > 0 }
}

/// Fields of a record as Redis has them.
struct ExecutionFields: Sendable {
  let token: String
  private let fields: [String: String]

  init?(_ reply: RedisReply) {
    let words = reply.elements.map { $0.text ?? "" }
    guard let key = words.first, let token = key.split(separator: ":").last else { return nil }
    self.token = String(token)
    fields = Dictionary(
      stride(from: 1, to: words.count - 1, by: 2).map { (words[$0], words[$0 + 1]) }, uniquingKeysWith: { $1 })
  }

  subscript(name: String) -> String? { fields[name] }
}

extension TortureWorkflow {
  /// Where the record has what the call came to.
  func path(ofStep step: Int) -> String {
    switch (self, step) {
    case (.loops, ..<Self.items): "each/\(step)/call"
    case (.forked, ..<2): "both/\(step)/\(calls[step])"
    default: calls[step]
    }
  }

  /// The node whose result the call carries.
  func source(ofStep step: Int) -> String? {
    switch (self, step) {
    case (.scripted, 0): "work"
    case (.waits, 1): "hold"
    case (.loops, Self.items): "each"
    case (.forked, 2): "both"
    case (.loops, _), (.forked, _), (_, 0): nil
    default: calls[step - 1]
    }
  }

  /// What of that result it carries.
  func number(in result: JSON) -> UInt32? {
    switch self {
    case .scripted: result["double"]?.intValue.flatMap { UInt32(exactly: $0) }
    case .sync: result["n"]?.intValue.flatMap { UInt32(exactly: $0) }
    case .loops, .forked:
      UInt32(truncatingIfNeeded: result.elements.reduce(0) { $0 &+ ($1["data"]?["serial"]?.intValue ?? 0) })
    case .waits: UInt32(truncatingIfNeeded: result["data"]?["serial"]?.intValue ?? 0)
    default: result["data"]?["serial"]?.intValue.flatMap { UInt32(exactly: $0) }
    }
  }
}
