// A certificate that is replaced while requests come in: nobody notices but who connects anew.

import ExecutionQueue
import Foundation
import Logging
import ProcessSupport
import Synchronization
import TestSupport
import Testing

@testable import IngestService

private final class Load: Sendable {
  let isOver = Atomic(false)
  let answered = Atomic(0)
}

@Suite("A new certificate")
struct TLSReloadTests {
  private static func contexts(_ server: TestCertificate) throws -> TLSContexts {
    try TLSContexts(
      files: TLSFiles(certificate: server.certificate, key: server.key), logger: TLSTests.quiet)
  }

  @Test("under load no connection is dropped and no request fails, and new connections see it")
  func underLoad() async throws {
    let directory = try TemporaryDirectory()
    let used = try TestCertificate.selfSigned(in: directory, name: "")
    let made = try (0..<4).map { try TestCertificate.selfSigned(in: directory, name: "\($0)-") }
    let files = try made.map { try String(contentsOfFile: $0.certificate, encoding: .utf8) }
    let trusted = try directory.write(
      "all.pem", files.joined() + String(contentsOfFile: used.certificate, encoding: .utf8))
    let tls = try ClientTLS(trusting: [trusted])
    var options = IngestStage.Options()
    options.backlog = 100_000
    let contexts = try Self.contexts(used)
    options.tls = contexts
    try await IngestStage.with(["echo": Definition.echo], options: options) { stage in
      let watch = Task { try await TLSWatch(contexts, interval: .milliseconds(20)).run() }
      let load = Load()
      try await withThrowingTaskGroup(of: Void.self) { group in
        for _ in 0..<3 {
          group.addTask {
            let connection = try await SystemConnection.open(port: stage.port, tls: tls)
            while !load.isOver.load(ordering: .relaxed) {
              #expect(try await connection.send(.webhook("echo", "{}")).status == 200)
              load.answered.add(1, ordering: .relaxed)
            }
            #expect(connection.isOpen)
          }
          group.addTask {
            while !load.isOver.load(ordering: .relaxed) {
              let answer = try await SystemConnection.send(.webhook("echo", "{}"), port: stage.port, tls: tls)
              #expect(answer.status == 200)
              load.answered.add(1, ordering: .relaxed)
            }
          }
        }
        for certificate in made {
          let before = load.answered.load(ordering: .relaxed)
          try certificate.replace(used)
          try await eventually("new connections see the new certificate") {
            try await Self.shown(stage.port, tls, certificate)
          }
          try await eventually("more requests are answered") { load.answered.load(ordering: .relaxed) > before + 100 }
        }
        load.isOver.store(true, ordering: .relaxed)
        try await group.waitForAll()
      }
      #expect(load.answered.load(ordering: .relaxed) > 400)
      #expect(stage.gauge("millrace_ingest_tls_handshakes_failed_total") == 0)
      watch.cancel()
      _ = await watch.result
    }
  }

  @Test("of no use, it leaves the one before in place, until the files are right")
  func broken() async throws {
    let directory = try TemporaryDirectory()
    let used = try TestCertificate.selfSigned(in: directory, name: "")
    let next = try TestCertificate.selfSigned(in: directory, name: "next-")
    let before = try TestCertificate.selfSigned(in: directory, name: "before-")
    try before.replace(used)
    let tls = try ClientTLS(trusting: [before.certificate, next.certificate])
    let contexts = try Self.contexts(used)
    var options = IngestStage.Options()
    options.tls = contexts
    try await IngestStage.with(["echo": Definition.echo], options: options) { stage in
      let steps: [@Sendable () throws -> Void] = [
        { try directory.write("certificate.pem", "-----BEGIN CERTIFICATE-----\n") },
        { try directory.write("certificate.pem", String(contentsOfFile: next.certificate, encoding: .utf8)) },
        { try directory.write("key.pem", "") },
      ]
      for step in steps {
        try step()
        contexts.reload()
        #expect(try await Self.shown(stage.port, tls, before))
      }
      try next.replace(used)
      contexts.look()
      #expect(try await Self.shown(stage.port, tls, before), "it waits until the files stop changing")
      contexts.look()
      #expect(try await Self.shown(stage.port, tls, next))
    }
  }

  private static func shown(_ port: Int, _ tls: ClientTLS, _ certificate: TestCertificate) async throws -> Bool {
    let connection = try await SystemConnection.open(port: port, tls: tls)
    defer { connection.close() }
    #expect(try await connection.send(.webhook("echo", "{}")).status == 200)
    return try await connection.peer()?.shows(certificate) ?? false
  }
}
