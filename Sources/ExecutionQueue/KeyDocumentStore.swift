// Public keys of senders, which live at addresses of theirs. Ingest never calls out: it asks here, and a worker fetches.

package protocol KeyDocumentStore: Sendable {
  /// Asks for documents; a worker fetches them within seconds. What one process asks for, all get. Of those that only a
  /// stranger has named some may be left out: there can be any number.
  func ask(for urls: [String], namedByStrangers strange: [String]) async throws(QueueError)
  /// What is there of these addresses.
  func documents(at urls: [String]) async throws(QueueError) -> [String: KeyDocument]
  /// Up to `limit` addresses to be fetched now; nobody else gets them for half a minute.
  func take(limit: Int) async throws(QueueError) -> [String]
  /// Keeps a document for a day; its address is not wanted any more.
  func store(_ document: [UInt8], from url: String) async throws(QueueError)
  /// There is no document at this address; it is not wanted until somebody asks again.
  func dismiss(_ url: String) async throws(QueueError)
}

package struct KeyDocument: Sendable, Equatable {
  /// Grows each time that it is fetched.
  package let version: Int64
  package let bytes: [UInt8]

  package init(version: Int64, bytes: [UInt8]) {
    self.version = version
    self.bytes = bytes
  }
}
