// Who keeps failing is refused at the head, and forgiven with time.

import NIOCore
import Testing
import WebhookChecks
import Workflows

@testable import IngestService

@Suite("Brakes")
struct BrakesTests {
  private let brakes = Brakes()
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000)

  private static func workflow() throws -> Workflow {
    try WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension)
      .load(file: "flow.yaml", text: Definition.echo).workflow
  }

  @Test("an address whose webhooks keep failing waits, others do not, and a hundred a second are forgiven")
  func failures() throws {
    let workflow = try Self.workflow()
    for _ in 0..<999 { brakes.refused("stranger", now: start) }
    #expect(brakes.wait(of: "stranger", in: workflow, now: start) == nil)
    brakes.refused("stranger", now: start)
    #expect(brakes.wait(of: "stranger", in: workflow, now: start) == .seconds(1))
    #expect(brakes.wait(of: "somebody", in: workflow, now: start) == nil)
    #expect(brakes.wait(of: "stranger", in: workflow, now: start + .milliseconds(20)) == nil)
    // However long it goes on: no more than the bucket holds has to be forgiven.
    for _ in 0..<5000 { brakes.refused("stranger", now: start) }
    #expect(brakes.wait(of: "stranger", in: workflow, now: start + .seconds(1)) == nil)
  }

  @Test("a diagnosis is for those who fail seldom, and again for those who failed long ago")
  func calm() {
    #expect(brakes.isCalm("sender", now: start))
    for _ in 0..<50 { brakes.refused("sender", now: start) }
    #expect(!brakes.isCalm("sender", now: start))
    #expect(brakes.isCalm("sender", now: start + .seconds(1)))
    for _ in 0..<50 { brakes.refused("mended", now: start) }
    brakes.accepted("mended")
    #expect(brakes.isCalm("mended", now: start))
  }

  @Test("addresses without number cost a bounded memory, and the newest counts")
  func strangers() throws {
    let workflow = try Self.workflow()
    for number in 0..<25_000 { brakes.refused("stranger-\(number)", now: start) }
    for _ in 0..<1000 { brakes.refused("stranger", now: start) }
    #expect(brakes.wait(of: "stranger", in: workflow, now: start) == .seconds(1))
  }
}
