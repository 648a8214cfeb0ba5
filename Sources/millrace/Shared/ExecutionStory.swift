// What is known of one execution, secrets hidden, for people and for programs.

import ExecutionQueue
import FoundationEssentials
import JSONCodec
import WorkflowEngine
import Workflows

struct ExecutionStory {
  private let record: ExecutionRecord
  private let mask: Redaction
  private let webhook: WebhookRequest?
  /// As far as the execution's id.
  private let resumeAddress: String
  /// What in its workflow lets others go first.
  private let lanes: [String]
  private let nodes: [NodeRecord]
  private let reply: Reply?
  private let output: JSON?

  /// The workflow's definition tells in which order its nodes stand, `publicURL` how its wait nodes give addresses out.
  init(
    _ record: ExecutionRecord, definitions: any DefinitionStore, mask: Redaction, publicURL: String? = nil
  ) async throws(QueueError) {
    self.record = record
    self.mask = mask
    let webhook = record.payload.flatMap { try? WebhookRequest(decoding: $0) }
    self.webhook = webhook
    resumeAddress = webhook?.resumeAddress(publicURL: publicURL) ?? ""
    var definition: JSON = .null
    if let webhook, let bytes = try await definitions.definition(webhook.workflow, version: webhook.version) {
      definition = (try? JSON.parse(bytes)) ?? .null
    }
    let order = Self.order(of: definition)
    lanes = ["order", "concurrency", "throttle"].filter { definition[$0] != nil }
    // Many nodes start in one millisecond.
    nodes = record.fields.compactMap { try? NodeRecord(path: $0.path, decoding: $0.bytes) }
      .sorted { ($0.startedAt, order[$0.path] ?? .max) < ($1.startedAt, order[$1.path] ?? .max) }
    reply = record.reply.flatMap { try? Reply(decoding: $0) }
    output = record.output.flatMap { try? JSON.parse($0) }
  }

  /// Node keys by their place in the definition.
  private static func order(of definition: JSON) -> [String: Int] {
    var order: [String: Int] = [:]
    func visit(_ value: JSON) {
      if let key = value["key"]?.stringValue, value["type"] != nil { order[key] = order[key] ?? order.count }
      for element in value.elements { visit(element) }
      for member in value.members { visit(member.value) }
    }
    if let nodes = definition["nodes"] { visit(nodes) }
    return order
  }

  // MARK: for people

  var text: String {
    var parts = [facts]
    if !nodes.isEmpty { parts.append(table) }
    if let output { parts.append("output: \(Terminal.shortened(mask.value(output).text, to: 1000))") }
    if let reply { parts.append("reply: \(reply.status) \(shortBody(reply.body))") }
    return parts.joined(separator: "\n\n")
  }

  private var facts: String {
    var facts = FactList()
    facts.add("execution", record.id.description)
    facts.add("workflow", record.workflow + (webhook.map { " (version \($0.version))" } ?? ""))
    facts.add("state", record.state.rawValue)
    facts.add("message", record.message.map(mask.text))
    facts.add("dead letter", record.dead.map(\.rawValue))
    facts.add("redriven", record.redriven.map(Self.time))
    facts.add("waits for", record.state == .waiting ? reasons : nil)
    facts.add("received", webhook.map { Self.time($0.receivedAt) })
    facts.add("queued", Self.time(Int64(clamping: record.id.entry.milliseconds)))
    facts.add("began", record.began.map { Self.time($0) + since(record.id.entry.milliseconds, $0) })
    facts.add("finished", record.finished.map { Self.time($0) + since(record.began.map(UInt64.init), $0) })
    facts.add("runs", record.runs > 1 ? "\(record.runs), \(record.crashes) ended by a crash" : nil)
    if let webhook {
      let target = "\(webhook.method) \(webhook.path) from \(webhook.clientAddress)"
      facts.add("request", mask.text("\(target), \(webhook.contentType ?? "no content type")"))
      facts.add("input", webhook.body.isEmpty ? "none" : shortBody(webhook.body))
    }
    return facts.text
  }

  private var reasons: String? {
    let waiting = nodes.filter { $0.status == .waiting || $0.status == .retrying }
    guard waiting.isEmpty else { return waiting.map(reason).joined(separator: "; ") }
    return lanes.isEmpty ? nil : "its turn by the workflow's \(lanes.joined(separator: " and "))"
  }

  private func reason(_ node: NodeRecord) -> String {
    let what =
      node.status == .retrying
      ? "another attempt after \(node.tries)" : address(of: node).map { "a call of \($0)" } ?? "a moment"
    return "\(node.path): \(what)" + (node.due.map { ", until \(Self.time($0))" } ?? "")
  }

  /// What the node has given out.
  private func address(of node: NodeRecord) -> String? {
    guard node.status == .waiting, let callback = node.callback else { return nil }
    return mask.text("\(resumeAddress)\(record.id)-\(callback)")
  }

  private var table: String {
    var table = TextTable([
      ("NODE", .left), ("TYPE", .left), ("STATUS", .left), ("MS", .right), ("RESULT", .left),
    ])
    for node in nodes {
      let result = node.error.map { "error: \(mask.text($0))" } ?? mask.value(node.result).text
      table.add([node.path, node.type, node.status.rawValue, "\(node.duration)", Terminal.shortened(result)])
    }
    return table.text
  }

  private func shortBody(_ bytes: [UInt8]) -> String {
    let text = (try? JSON.parse(bytes))?.text ?? String(validating: bytes, as: UTF8.self)
    return text.map { Terminal.shortened(mask.text($0), to: 120) } ?? "\(bytes.count) bytes that are no text"
  }

  private static func time(_ milliseconds: Int64) -> String {
    let second = Date(timeIntervalSince1970: Double(milliseconds / 1000)).formatted(.iso8601)
    return second.dropLast() + "." + String(1000 + milliseconds % 1000).dropFirst() + "Z"
  }

  private func since(_ start: UInt64?, _ end: Int64) -> String {
    start.map { " (after \(max(0, end - Int64(clamping: $0))) ms)" } ?? ""
  }

  // MARK: for programs

  var document: JSON {
    var object: JSONObject = [
      "executionId": .string(record.id.description), "workflow": .string(record.workflow),
      "state": .string(record.state.rawValue), "message": record.message.map { .string(mask.text($0)) } ?? .null,
      "dead": record.dead.map { .string($0.rawValue) } ?? .null, "redrivenAt": record.redriven.map(JSON.int) ?? .null,
      "runs": .int(Int64(record.runs)), "crashes": .int(Int64(record.crashes)),
      "queuedAt": .int(Int64(clamping: record.id.entry.milliseconds)),
      "beganAt": record.began.map(JSON.int) ?? .null, "finishedAt": record.finished.map(JSON.int) ?? .null,
      "nodes": .array(nodes.map(document)), "output": output.map(mask.value) ?? .null,
    ]
    if let webhook { object["request"] = document(of: webhook) }
    if let reply {
      let headers = reply.headers.map { ($0.name, JSON.string(mask.text($0.value))) }
      object["reply"] = [
        "status": .int(Int64(reply.status)), "headers": .object(JSONObject(headers)), "body": value(of: reply.body),
      ]
    }
    return .object(object)
  }

  private func document(of webhook: WebhookRequest) -> JSON {
    [
      "version": .int(Int64(webhook.version)), "receivedAt": .int(webhook.receivedAt),
      "method": .string(webhook.method), "path": .string(mask.text(webhook.path)),
      "clientAddress": .string(webhook.clientAddress), "query": mask.value(webhook.query),
      "headers": mask.value(webhook.headers), "params": mask.value(webhook.params),
      "data": (try? webhook.data()).map(mask.value) ?? .null,
    ]
  }

  private func document(of node: NodeRecord) -> JSON {
    [
      "path": .string(node.path), "type": .string(node.type), "status": .string(node.status.rawValue),
      "startedAt": .int(node.startedAt), "ms": .int(node.duration), "result": mask.value(node.result),
      "error": node.error.map { .string(mask.text($0)) } ?? .null, "tries": .int(Int64(node.tries)),
      "due": node.due.map(JSON.int) ?? .null,
      "address": (record.state == .waiting ? address(of: node) : nil).map { .string($0) } ?? .null,
    ]
  }

  private func value(of body: [UInt8]) -> JSON {
    mask.value((try? JSON.parse(body)) ?? .string(String(decoding: body, as: UTF8.self)))
  }
}
