// Reads one mapping of a workflow file and collects what is wrong with it; used for the file itself and by every node
// type for its settings.

import JSONCodec

package struct SettingsReader {
  let session: LoadingSession
  private let source: SourceValue
  private let members: [SourceMember]
  /// What is being read, for messages: "trigger", "a request node".
  let subject: String
  /// In the order asked, for suggestions.
  private var asked: [String] = []
  /// Settings of later versions, which are neither unknown nor worth suggesting.
  private var later: [String] = []

  init(_ source: SourceValue, subject: String, session: LoadingSession) {
    self.session = session
    self.source = source
    self.subject = subject
    if let members = source.members {
      self.members = members
    } else {
      members = []
      session.report("\(subject) must be a mapping of settings, not \(source.kindName)", at: source.position)
    }
  }

  /// Whether this definition was applied already, by a version that may have checked less.
  package var isStored: Bool { session.isStored }
  /// How the trigger calls: some nodes make sense in one mode only.
  package var triggerMode: Trigger.Mode { session.triggerMode }
  /// The key of the node whose settings are read; empty outside of nodes.
  package var nodeKey: String { session.scope.currentKey ?? "" }

  private mutating func member(_ key: String) -> SourceMember? {
    if !asked.contains(key) { asked.append(key) }
    return members.last { $0.key == key }
  }

  /// The value as it stands in the file, null included.
  package mutating func source(_ key: String) -> SourceValue? { member(key)?.value }

  /// The value, with a required one reported when it is missing; null counts as missing.
  mutating func value(_ key: String, required: Bool = false) -> SourceValue? {
    if let value = member(key)?.value, !value.isNull { return value }
    if required { report("\"\(key)\" is missing in \(subject)") }
    return nil
  }

  package mutating func has(_ key: String) -> Bool { member(key) != nil }

  /// Reports at the value of `key`, or at the whole mapping when there is none.
  package mutating func report(_ message: String, at key: String? = nil) {
    let position = key.flatMap { key in members.last { $0.key == key }?.value.position } ?? source.position
    session.report(message, at: position)
  }

  func report(_ message: String, at position: SourcePosition) {
    session.report(message, at: position)
  }

  /// Settings that the product has and this version does not.
  package mutating func notSupportedYet(_ keys: [String]) {
    later += keys
    for member in members where keys.contains(member.key) {
      let key = member.key
      session.report(SettingTable.notYet("\"\(key)\" in \(subject)"), at: member.keyPosition)
    }
  }

  /// `$vars.name` is set by this node.
  package mutating func declareVariable(_ name: String) {
    session.scope.variables.insert(name)
  }

  /// `$scopes.<name>` can be used by what is read from now on until this node's end; by default under its own key.
  package mutating func declareScope(
    _ name: String? = nil, fields: [String] = ["item", "index", "sequence", "length"]
  ) {
    session.scope.declareScope(name ?? nodeKey, fields: fields)
  }

  var remaining: [String] { members.map(\.key).filter { !asked.contains($0) } }

  /// Reports what nobody asked for.
  func finish() {
    for member in members where !asked.contains(member.key) && !later.contains(member.key) {
      let suggestion = Suggestion.text(for: member.key, among: asked)
      let hint = suggestion.isEmpty ? "; it knows \(asked.joined(separator: ", "))" : suggestion
      session.report("\(subject) has no setting \"\(member.key)\"\(hint)", at: member.keyPosition)
    }
  }

  /// A reader for a mapping inside this one.
  func nested(_ value: SourceValue, subject: String) -> SettingsReader {
    SettingsReader(value, subject: subject, session: session)
  }
}
