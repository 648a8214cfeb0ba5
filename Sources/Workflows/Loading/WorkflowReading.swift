// Reads a whole workflow from the root of its file.

import JSONCodec

struct WorkflowReading {
  let session: LoadingSession
  /// The name of the file without its folder and extension.
  let defaultKey: String
  let ignoresNodes: Bool

  func workflow(_ root: SourceValue) -> Workflow {
    var reader = SettingsReader(root, subject: "a workflow", session: session)
    let key = key(&reader)
    let title = reader.prose("title")
    let description = reader.prose("description")
    let enabled = reader.boolean("enabled", default: true)
    let trigger = trigger(&reader, isMapping: root.members != nil)
    let priority = reader.choice("priority", default: Workflow.Priority.normal)
    let concurrency = reader.optionalInteger("concurrency", in: 1...100_000)
    let order = order(&reader)
    let throttle = reader.mapping("throttle") { Throttle(&$0) } ?? nil
    let retry = reader.mapping("retry") { RetryPolicy(&$0) }
    session.retry = retry
    let timeout = reader.positiveDuration("timeout")
    let keep = keep(&reader)
    var nodes: [Node] = []
    if ignoresNodes {
      _ = reader.has("nodes")
    } else {
      nodes = reader.nodes("nodes") ?? []
    }
    if root.members != nil { reader.finish() }
    session.finish()
    return Workflow(
      key: key, title: title, description: description, enabled: enabled, trigger: trigger, priority: priority,
      concurrency: concurrency, order: order, throttle: throttle, retry: retry, timeout: timeout, keep: keep,
      nodes: nodes)
  }

  /// Ingest evaluates it, like a trigger's templates.
  private func order(_ reader: inout SettingsReader) -> Template? {
    guard let value = reader.value("order") else { return nil }
    session.place = .order
    defer { session.place = .nodes }
    let order = reader.template("order")
    if value.string == nil || order?.references.isEmpty == true && session.problems.isEmpty {
      reader.report(
        "\"order\" must be text that reads the webhook, such as \"{{$context.data.id}}\"; for one at a time write "
          + "concurrency: 1", at: "order")
    }
    return order
  }

  private func key(_ reader: inout SettingsReader) -> String {
    let rule = "a letter or digit, then letters, digits, \"_\" and \"-\", 128 at most"
    guard reader.value("key") != nil else {
      if !KeyRules.isWorkflowKey(defaultKey) {
        reader.report("the file's name \"\(defaultKey)\" cannot be the workflow's key (\(rule)); set \"key\"")
      }
      return defaultKey
    }
    guard let key = reader.string("key") else { return defaultKey }
    if !KeyRules.isWorkflowKey(key) {
      reader.report("\"\(key)\" cannot be a workflow's key: \(rule)", at: "key")
    }
    return key
  }

  private func trigger(_ reader: inout SettingsReader, isMapping: Bool) -> Trigger {
    guard reader.value("trigger", required: isMapping) != nil else { return Trigger() }
    let reading = TriggerReading(session: session)
    return reader.mapping("trigger") { reading.trigger(&$0) } ?? Trigger()
  }

  private func keep(_ reader: inout SettingsReader) -> Workflow.Keep {
    let standard = Workflow.Keep()
    return reader.mapping("keep") { keep in
      Workflow.Keep(
        succeeded: keep.duration("succeeded") ?? standard.succeeded, failed: keep.duration("failed") ?? standard.failed)
    } ?? standard
  }
}
