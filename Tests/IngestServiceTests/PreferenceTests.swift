// What a synchronous caller prefers, in all spellings of RFC 7240.

import NIOCore
import NIOHTTP1
import Testing
import Workflows

@testable import IngestService

@Suite("Preferences")
struct PreferenceTests {
  struct Row: Sendable {
    let lines: [String]
    /// Nil: as long as the trigger's timeout.
    var seconds: Int64?
    var respondsAsync = false
    var acceptsLate = false

    init(_ lines: String..., seconds: Int64? = nil, respondsAsync: Bool = false, acceptsLate: Bool = false) {
      self.lines = lines
      self.seconds = seconds
      self.respondsAsync = respondsAsync
      self.acceptsLate = acceptsLate
    }
  }

  static let rows: [Row] = [
    Row("respond-async", respondsAsync: true, acceptsLate: true),
    Row("Respond-Async; x=1", respondsAsync: true, acceptsLate: true),
    Row("foo=\"a, respond-async\""), Row("foo=\"a\\\", respond-async\""), Row(""), Row(",;,=,"),
    Row("wait=1", seconds: 1), Row("wait=\"1\"", seconds: 1), Row("Wait \t= 1 ;a=b", seconds: 1),
    Row("wait=1, wait=2", seconds: 1), Row("wait=1", "wait=2", seconds: 1), Row("return=minimal,wait=2", seconds: 2),
    Row("wait=99999999999999999999"), Row("wait=3600"), Row("wait=+1"), Row("wait=-1"), Row("wait=a"), Row("wait"),
    Row("wait=0", seconds: 0, acceptsLate: true),
    Row("respond-async, wait=1", seconds: 1, acceptsLate: true),
    Row("wait=0", "respond-async", seconds: 0, respondsAsync: true, acceptsLate: true),
  ]

  @Test("are read", arguments: rows)
  func reading(row: Row) throws {
    let loaded = try WorkflowLoader(nodesIgnored: ()).load(file: "sync.yaml", text: Definition.sync)
    let preference = Preference(
      HTTPHeaders(row.lines.map { ("Prefer", $0) }), trigger: loaded.workflow.trigger)
    #expect(preference.patience == .seconds(row.seconds ?? 30))
    #expect(preference.respondsAsync == row.respondsAsync)
    #expect(preference.acceptsLate == row.acceptsLate)
  }
}
