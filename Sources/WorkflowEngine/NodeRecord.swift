// One finished node, as it lies in a checkpoint: enough to go on after a crash, and what the history shows.

package import JSONCodec

package struct NodeRecord: Sendable {
  package enum Status: String, Sendable, CaseIterable {
    case succeeded, failed, skipped
    /// It failed and is tried again when it is due.
    case retrying
    /// It waits for a moment, or for a callback.
    case waiting
    /// It has begun; nobody knows whether its effect has happened.
    case started
  }

  /// The node's key, in a loop or a branch with theirs before it: `each/3/call`.
  package let path: String
  package let type: String
  package let status: Status
  /// When the node started, in milliseconds since 1970.
  package let startedAt: Int64
  /// How long it took, in milliseconds.
  package let duration: Int64
  /// For a failed node that the workflow passes over, what `$nodes.<key>` reads; `"***"` when `isMasked`.
  package let result: JSON
  /// Why the node failed.
  package let error: String?
  /// The result holds values of `$env`, so it is not stored: the node, a pure one, is evaluated again instead.
  package let isMasked: Bool
  /// What a script wrote: a list of `{level, text}`, or null.
  package let console: JSON
  /// How often it has failed, when it is tried again.
  package let tries: Int
  /// Until when it waits at most (milliseconds since 1970 by the queue's clock).
  package let due: Int64?
  /// What it waits for.
  package let callback: String?
  /// Which branch decided, of several that ran at the same time.
  package let branch: Int?
  /// `{"type","status","at","ms","result"}` and, where they apply, the others by their names.
  package let bytes: [UInt8]

  init(
    path: String, type: String, status: Status, startedAt: Int64, duration: Int64, result: JSON, error: String? = nil,
    isMasked: Bool = false, console: JSON = .null, tries: Int = 0, due: Int64? = nil, callback: String? = nil,
    branch: Int? = nil
  ) {
    (self.tries, self.due, self.callback, self.branch) = (tries, due, callback, branch)
    self.path = path
    self.type = type
    self.status = status
    self.startedAt = startedAt
    self.duration = duration
    self.result = isMasked ? .string("***") : result
    self.error = error
    self.isMasked = isMasked
    var members: [(String, JSON)] = [
      ("type", .string(type)), ("status", .string(status.rawValue)), ("at", .int(startedAt)), ("ms", .int(duration)),
      ("result", self.result),
    ]
    if let error { members.append(("error", .string(error))) }
    if isMasked { members.append(("masked", .bool(true))) }
    self.console = console
    if !console.isNull { members.append(("console", console)) }
    if tries > 0 { members.append(("tries", .int(Int64(tries)))) }
    if let due { members.append(("due", .int(due))) }
    if let callback { members.append(("callback", .string(callback))) }
    if let branch { members.append(("branch", .int(Int64(branch)))) }
    bytes = JSON.object(JSONObject(members)).bytes
  }

  /// A result may be as deep as the parser allows, and lies one level deeper here.
  private static let limits = JSONLimits(depth: 1024, nodes: .max)

  /// Reads what an earlier run checkpointed.
  package init(path: String, decoding bytes: [UInt8]) throws(NodeRecordError) {
    let document: JSON
    do { document = try JSON.parse(bytes, limits: Self.limits) } catch {
      throw NodeRecordError(path: path, problem: error.description)
    }
    guard let type = document["type"]?.stringValue,
      let status = document["status"]?.stringValue.flatMap(Status.init(rawValue:))
    else { throw NodeRecordError(path: path, problem: "type or status is missing or unknown") }
    self.path = path
    self.type = type
    self.status = status
    startedAt = document["at"]?.intValue ?? 0
    duration = document["ms"]?.intValue ?? 0
    result = document["result"] ?? .null
    error = document["error"]?.stringValue
    isMasked = document["masked"]?.boolValue ?? false
    console = document["console"] ?? .null
    tries = document["tries"]?.intValue.map(Int.init) ?? 0
    due = document["due"]?.intValue
    callback = document["callback"]?.stringValue
    branch = document["branch"]?.intValue.map(Int.init)
    self.bytes = bytes
  }
}

package struct NodeRecordError: Error, Sendable, CustomStringConvertible {
  package let path: String
  package let problem: String

  package var description: String { "the stored record of node \(path) cannot be read: \(problem)" }
}
