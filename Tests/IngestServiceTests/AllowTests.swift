// `allow` of a trigger at work: who is let in, directly and through a proxy.

import JSONCodec
import ProcessSupport
import TestSupport
import Testing
import Workflows

@testable import IngestService

@Suite("A trigger that allows few")
struct AllowTests {
  private static let workflows = [
    "near": Definition.trigger("allow: [127.0.0.1, \"2001:db8::/32\"]"),
    "far": Definition.trigger("allow: [192.0.2.0/24]"), "named": Definition.trigger("allow: [192.0.2.0/24, nobody]"),
  ]

  @Test("takes webhooks from its addresses, and answers 403 to others without saying whom it takes")
  func direct() async throws {
    try await IngestStage.with(Self.workflows) { stage in
      #expect(try await stage.post("near").status == 200)
      for key in ["far", "named"] {
        let refused = try await stage.post(key)
        #expect(refused.status == 403)
        #expect(refused.json["type"]?.stringValue == "urn:millrace:problem:address-not-allowed")
        #expect(!refused.text.contains("192.0.2"))
      }
      #expect(try await stage.post("far", headers: [("X-Forwarded-For", "192.0.2.9")]).status == 403)
    }
  }

  @Test("behind a trusted proxy the client counts, not the proxy")
  func proxied() async throws {
    var options = IngestStage.Options()
    options.proxies = AddressSet(["127.0.0.0/8"].compactMap { AddressRange($0) })
    try await IngestStage.with(Self.workflows, options: options) { stage in
      let far = try await stage.post("far", headers: [("X-Forwarded-For", "10.0.0.1, 192.0.2.9:80")])
      #expect(far.status == 200)
      let near = try await stage.post("near", headers: [("X-Forwarded-For", "192.0.2.9")])
      #expect(near.status == 403)
      let stored = try await stage.stored()
      #expect(stored.clientAddress == "192.0.2.9")
    }
  }
}
