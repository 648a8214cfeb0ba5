// TLS at ingest's own port: versions, certificates of clients, connections that end in every way.

import ExecutionQueue
import Logging
import ProcessSupport
import TestSupport
import Testing

@testable import IngestService

@Suite("TLS")
struct TLSTests {
  static let quiet = Logger(label: "test", factory: { _ in SwiftLogNoOpLogHandler() })
  private static let workflows = [
    "echo": Definition.echo, "sync": Definition.sync, "small": Definition.trigger("body: {limit: 1KB}"),
  ]

  private func with(
    clientAuthorities: TestCertificate? = nil,
    _ body: @Sendable (IngestStage, TestCertificate) async throws -> Void
  ) async throws {
    let directory = try TemporaryDirectory()
    let server = try TestCertificate.selfSigned(in: directory, name: "")
    var options = IngestStage.Options()
    options.tls = try TLSContexts(
      files: TLSFiles(
        certificate: server.certificate, key: server.key, clientAuthorities: clientAuthorities?.certificate),
      logger: Self.quiet)
    try await IngestStage.with(Self.workflows, options: options) { try await body($0, server) }
  }

  @Test("versions 1.2 and 1.3 are spoken, 1.1 is refused and counted", arguments: [1, 2, 3])
  func versions(_ minor: Int) async throws {
    try await with { stage, server in
      let tls = try ClientTLS(trusting: [server.certificate], versions: minor...minor)
      guard minor > 1 else {
        await #expect(throws: (any Error).self) {
          _ = try await SystemConnection.send(.webhook("echo", "{}"), port: stage.port, tls: tls)
        }
        try await eventually("it is counted") { stage.gauge("millrace_ingest_tls_handshakes_failed_total") == 1 }
        return
      }
      let connection = try await SystemConnection.open(port: stage.port, tls: tls)
      for _ in 0..<5 { #expect(try await connection.send(.webhook("echo", "{}")).status == 200) }
      #expect(try await connection.peer()?.version == minor)
      #expect(stage.gauge("millrace_ingest_tls_handshakes_failed_total") == 0)
    }
  }

  @Test("with authorities for clients, one without their certificate is refused")
  func clientCertificates() async throws {
    let directory = try TemporaryDirectory()
    let authority = try TestCertificate.selfSigned(in: directory, name: "authority-", subject: "authority")
    let stranger = try TestCertificate.selfSigned(in: directory, name: "stranger-", subject: "stranger")
    let known = try authority.issue(in: directory, name: "client-", subject: "client")
    try await with(clientAuthorities: authority) { stage, server in
      for own in [known, nil, stranger] {
        for version in 2...3 {
          let tls = try ClientTLS(trusting: [server.certificate], showing: own, versions: version...version)
          let answer = try? await SystemConnection.send(.webhook("echo", "{}"), port: stage.port, tls: tls)
          #expect(answer?.status == (own?.certificate == known.certificate ? 200 : nil), "TLS 1.\(version)")
        }
      }
      try await eventually("all are counted") { stage.gauge("millrace_ingest_tls_handshakes_failed_total") == 4 }
      #expect(try await stage.depth() == 2)
    }
  }

  @Test("plain HTTP at the TLS port is closed, and nothing else suffers")
  func plain() async throws {
    try await with { stage, server in
      let client = try await RawClient.connect(port: stage.port)
      try await client.write("GET /-/healthz HTTP/1.1\r\nhost: a\r\n\r\n")
      try await eventually("the connection is closed") { client.isEnded }
      #expect(!client.text.contains("HTTP"))
      try await client.close()
      try await eventually("the connection is gone") { stage.connections == 0 }
      let tls = try ClientTLS(trusting: server)
      #expect(try await SystemConnection.send(.get("/-/healthz"), port: stage.port, tls: tls).status == 200)
      try await eventually("it is counted") { stage.gauge("millrace_ingest_tls_handshakes_failed_total") == 1 }
    }
  }

  @Test("a client that has ended its side gets its answer, however large, and then the end")
  func halfClosed() async throws {
    try await with { stage, server in
      _ = try await stage.worker()
      let client = try await RawClient.connect(port: stage.port, reads: true, tls: ClientTLS(trusting: server))
      try await client.write("POST /api/webhooks/sync HTTP/1.1\r\nhost: a\r\ncontent-length: 2\r\n\r\n{}")
      try await client.endOutput()
      let output = Array(("\"" + String(repeating: "y", count: 5_000_000) + "\"").utf8)
      try await stage.settleNext(Settlement(state: .succeeded, output: output, keep: .zero))
      try await eventually("all has arrived and the server is done") { client.isEnded }
      #expect(client.text.hasPrefix("HTTP/1.1 200 OK"))
      #expect(client.byteCount > output.count)
      try await client.close()
      try await eventually("the connection is gone") { stage.connections == 0 }
    }
  }

  @Test("a client that sends far too much can still read that it is too much")
  func tooLarge() async throws {
    try await with { stage, server in
      let client = try await RawClient.connect(port: stage.port, tls: ClientTLS(trusting: server))
      try await client.write("POST /api/webhooks/small HTTP/1.1\r\nhost: a\r\ncontent-length: 5000000\r\n\r\n")
      for _ in 0..<50 { try? await client.write(String(repeating: "x", count: 100_000)) }
      try await eventually("the answer is there") { client.text.hasPrefix("HTTP/1.1 413 ") }
      #expect(stage.bufferedBytes == 0)
      try await client.close()
      try await eventually("the connection is gone") { stage.connections == 0 }
    }
  }

  @Test("a stop ends idle connections at once")
  func stop() async throws {
    let client = try await IngestStageClient.idle()
    try await eventually("the connection is closed") { !client.isOpen }
  }

  @Test("what is wrong with the files is told")
  func problems() throws {
    let directory = try TemporaryDirectory()
    let good = try TestCertificate.selfSigned(in: directory, name: "good-")
    let other = try TestCertificate.selfSigned(in: directory, name: "other-")
    let text = try directory.write("text.pem", "hello\n")
    let cut = try directory.write("cut.pem", "-----BEGIN CERTIFICATE-----\nAAAA\n")
    let locked = try directory.write("locked.pem", "-----BEGIN ENCRYPTED PRIVATE KEY-----\nAAAA\n")
    let table: [(TLSFiles, String)] = [
      (TLSFiles(certificate: "/nowhere.pem", key: good.key), "/nowhere.pem: cannot be read: no such file or directory"),
      (TLSFiles(certificate: directory.path, key: good.key), "\(directory.path): is not a regular file"),
      (TLSFiles(certificate: text, key: good.key), "\(text): holds no certificate in PEM form"),
      (TLSFiles(certificate: cut, key: good.key), "\(cut): the certificate cannot be read; is the file complete?"),
      (TLSFiles(certificate: good.certificate, key: text), "\(text): holds no private key in PEM form"),
      (
        TLSFiles(certificate: good.certificate, key: locked),
        "\(locked): the private key is encrypted; write it without a passphrase (openssl pkey -in … -out …)"
      ),
      (
        TLSFiles(certificate: good.certificate, key: other.key),
        "\(other.key): the private key does not belong to the certificate in \(good.certificate)"
      ),
      (
        TLSFiles(certificate: good.certificate, key: good.key, clientAuthorities: text),
        "\(text): holds no certificate in PEM form"
      ),
    ]
    for (files, problem) in table {
      let found = #expect(throws: TLSProblem.self) { _ = try TLSContexts(files: files, logger: Self.quiet) }
      #expect(found?.description == problem)
    }
  }
}

/// An idle connection whose server has been told to stop.
private enum IngestStageClient {
  static func idle() async throws -> SystemConnection {
    let directory = try TemporaryDirectory()
    let server = try TestCertificate.selfSigned(in: directory, name: "")
    var options = IngestStage.Options()
    options.tls = try TLSContexts(
      files: TLSFiles(certificate: server.certificate, key: server.key), logger: TLSTests.quiet)
    return try await IngestStage.with(["echo": Definition.echo], options: options) { stage in
      let connection = try await SystemConnection.open(port: stage.port, tls: ClientTLS(trusting: server))
      #expect(try await connection.send(.webhook("echo", "{}")).status == 200)
      return connection
    }
  }
}
