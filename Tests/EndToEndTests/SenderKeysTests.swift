// Public keys that live at an address of the sender: ingest asks through Redis, a worker fetches, and until the keys are
// here the sender is told to come again.

import Crypto
import Foundation
import JSONCodec
import TestSupport
import Testing
import Verification

extension SystemTests {
  @Suite("Keys at a sender's address")
  struct SenderKeysTests {
    @Test("a token is accepted once a worker has fetched the issuer's keys")
    func fetched() async throws {
      let key = P256.Signing.PrivateKey()
      let target = try await HTTPTarget.start(answering: .init(body: Array(key.publicKey.pemRepresentation.utf8)))
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      let issuer = "https://issuer.example/keys"
      try await system.apply([
        "token": """
        trigger: {type: webhook, verify: [{provider: jwt, algorithms: [ES256], jwksURL: "\(issuer)"}]}
        nodes: []
        """
      ])
      let signer = try RequestSigner.make(
        settings: ["provider": "jwt", "algorithms": ["ES256"], "privateKey": .string(key.pemRepresentation)])
      let signed = try signer.sign(
        OutgoingRequest(
          publicURL: "http://localhost", body: Array("{}".utf8), now: Int64(Date().timeIntervalSince1970 * 1000),
          id: "delivery-1"))
      let webhook = SystemRequest.webhook("token", "{}", headers: signed.headers.fields.map { ($0.name, $0.value) })

      let early = try await SystemConnection.send(webhook, port: system.port)
      #expect(early.status == 503)
      #expect(early[header: "retry-after"] != nil)
      try await eventually("ingest has asked for the keys") {
        try system.redis.command("ZRANGE", "{keys}:wanted", "0", "-1").contains(issuer)
      }
      // The issuer's name leads nowhere here: its document comes from another address in its place.
      let address = "http://127.0.0.1:\(target.port)/keys"
      try system.redis.command("ZADD", "{keys}:wanted", "\(Int(Date().timeIntervalSince1970 * 1000))", address)
      try await eventually("a worker has fetched them") {
        try system.redis.command("EXISTS", "{keys}:document:\(address)").hasPrefix("1")
      }
      #expect(try !system.redis.command("ZRANGE", "{keys}:wanted", "0", "-1").contains(address))
      try system.redis.command("COPY", "{keys}:document:\(address)", "{keys}:document:\(issuer)")
      try await eventually("the token is accepted") {
        try await SystemConnection.send(webhook, port: system.port).status == 200
      }
    }
  }
}
