// Where applied workflows live: immutable numbered versions, one current version a key, and a revision that changes
// with every change, so that processes notice by reading one number.

package protocol DefinitionStore: Sendable {
  /// Grows with every change of any workflow.
  func revision() async throws(QueueError) -> Int64
  /// The current version of every workflow, and the revision that the list belongs to.
  func heads() async throws(QueueError) -> (revision: Int64, heads: [DefinitionHead])
  func definition(_ key: String, version: Int) async throws(QueueError) -> [UInt8]?
  /// Stores all or nothing. Nil when the store is no longer at `revision`: read it again and check again.
  func publish(_ definitions: [NewDefinition], at revision: Int64) async throws(QueueError) -> [PublishedDefinition]?
  /// False when there is no such workflow.
  func setEnabled(_ key: String, _ enabled: Bool) async throws(QueueError) -> Bool
}

package struct DefinitionHead: Sendable, Equatable {
  package let key: String
  package let version: Int
  package let enabled: Bool

  package init(key: String, version: Int, enabled: Bool) {
    self.key = key
    self.version = version
    self.enabled = enabled
  }
}

package struct NewDefinition: Sendable {
  package let key: String
  package let enabled: Bool
  /// The canonical definition; the same bytes as the current version's make no new version.
  package let definition: [UInt8]

  package init(key: String, enabled: Bool, definition: [UInt8]) {
    self.key = key
    self.enabled = enabled
    self.definition = definition
  }
}

package struct PublishedDefinition: Sendable, Equatable {
  package let key: String
  package let version: Int
  package let changed: Bool

  package init(key: String, version: Int, changed: Bool) {
    self.key = key
    self.version = version
    self.changed = changed
  }
}
