// Reads one node: what all nodes have in common here, its own settings through its type.

import JSONCodec

struct NodeReading {
  static let mostNodes = 1000
  static let deepestNesting = 32

  let session: LoadingSession

  func node(_ value: SourceValue) -> Node? {
    let count = session.scope.countNode()
    guard count <= Self.mostNodes else {
      if count == Self.mostNodes + 1 {
        session.report("a workflow may have \(Self.mostNodes) nodes; this is one more", at: value.position)
      }
      return nil
    }
    guard value.members != nil else {
      session.report("a node must be a mapping with \"key\" and \"type\", not \(value.kindName)", at: value.position)
      return nil
    }
    let subject = value["type"]?.string.map { "the \($0) node" } ?? "this node"
    var reader = SettingsReader(value, subject: subject, session: session)
    let key = key(&reader)
    guard let type = type(&reader) else {
      session.scope.adopt(value)
      return nil
    }
    let title = reader.prose("title")
    let timeout = reader.positiveDuration("timeout")
    if !session.isStored, let instead = type.timeLimit, reader.has("timeout") {
      reader.report("a \(type.name) node has no \"timeout\": \(instead)", at: "timeout")
    }
    let retry = reader.mapping("retry") { RetryPolicy(&$0) } ?? session.retry
    let onUncertain = reader.choice("onUncertain", default: Node.OnUncertain.retry)
    let continueOnError = reader.boolean("continueOnError", default: false)
    let isDisabled = reader.boolean("disabled", default: false)
    session.scope.enter(key ?? "")
    let settings = type.read(&reader)
    session.scope.leave()
    reader.finish()
    return Node(
      key: key ?? "", type: type.name, title: title, timeout: timeout, retry: retry, onUncertain: onUncertain,
      continueOnError: continueOnError, isDisabled: isDisabled, settings: settings)
  }

  private func key(_ reader: inout SettingsReader) -> String? {
    guard let key = reader.string("key", required: true) else { return nil }
    if !KeyRules.isNodeKey(key) {
      reader.report(
        "\"\(key)\" cannot be a node's key: a letter, then letters, digits, \"_\" and \"-\", 64 at most", at: "key")
    }
    let position = reader.source("key")?.position ?? .none
    if let first = session.scope.register(key, at: position) {
      let place = first.line > 0 ? " on line \(first.line)" : ""
      reader.report("another node\(place) has the key \"\(key)\" already", at: "key")
    }
    return key
  }

  private func type(_ reader: inout SettingsReader) -> NodeType? {
    guard let name = reader.string("type", required: true) else { return nil }
    if let type = session.nodeTypes[name] { return type }
    if SettingTable.laterNodeTypes.contains(name) {
      reader.report(SettingTable.notYet("the node type \"\(name)\""), at: "type")
    } else {
      let names = session.nodeTypes.keys.sorted()
      let suggestion = Suggestion.text(for: name, among: names + SettingTable.laterNodeTypes)
      let hint = suggestion.isEmpty ? "; there are \(names.joined(separator: ", "))" : suggestion
      reader.report("there is no node type \"\(name)\"\(hint)", at: "type")
    }
    return nil
  }
}

enum KeyRules {
  /// `[A-Za-z][A-Za-z0-9_-]{0,63}`
  static func isNodeKey(_ text: String) -> Bool {
    guard let first = text.utf8.first, (65...90).contains(first & 0xDF) else { return false }
    return text.utf8.count <= 64 && text.utf8.allSatisfy(isWord)
  }

  /// `[A-Za-z0-9][A-Za-z0-9_-]{0,127}`
  static func isWorkflowKey(_ text: String) -> Bool {
    guard let first = text.utf8.first, first != UInt8(ascii: "_"), first != UInt8(ascii: "-") else { return false }
    return text.utf8.count <= 128 && text.utf8.allSatisfy(isWord)
  }

  private static func isWord(_ byte: UInt8) -> Bool {
    byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") || (48...57).contains(byte)
      || (65...90).contains(byte & 0xDF)
  }
}
