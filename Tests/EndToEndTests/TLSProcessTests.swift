// The program itself with a certificate: what it says about wrong files, and that SIGHUP reads them again.

import Glibc
import ProcessSupport
import TestSupport
import Testing

@Suite("millrace-ingest with TLS")
struct TLSProcessTests {
  @Test("SIGHUP takes the new certificate, a broken one changes nothing, and the log tells both")
  func hangup() async throws {
    let directory = try TemporaryDirectory()
    let used = try TestCertificate.selfSigned(in: directory, name: "")
    let next = try TestCertificate.selfSigned(in: directory, name: "next-")
    let before = try TestCertificate.selfSigned(in: directory, name: "before-")
    try before.replace(used)
    let redis = try await RedisServer.start(appendOnly: .everysec)
    defer { redis.stop() }
    let port = try FreePort.next()
    let ingest = try BuiltProgram.start(
      "millrace-ingest",
      environment: [
        "MILLRACE_REDIS_URL": redis.url, "MILLRACE_LISTEN": "127.0.0.1:\(port)", "MILLRACE_LOG_FORMAT": "text",
        "MILLRACE_TLS_CERT": used.certificate, "MILLRACE_TLS_KEY": used.key,
      ])
    defer { ingest.kill() }
    let tls = try ClientTLS(trusting: [before.certificate, next.certificate])
    @Sendable func shows(_ certificate: TestCertificate) async throws -> Bool {
      let connection = try await SystemConnection.open(port: port, tls: tls)
      defer { connection.close() }
      guard try await connection.send(.get("/-/readyz"), within: .seconds(5)).status == 200 else { return false }
      return try await connection.peer()?.shows(certificate) ?? false
    }
    try await eventually("it is ready", within: .seconds(40)) { try await shows(before) }
    let old = try await SystemConnection.open(port: port, tls: tls)
    #expect(try await old.send(.get("/-/healthz")).status == 200)
    try directory.write("certificate.pem", "")
    ingest.kill(SIGHUP)
    try await ingest.line(containing: "the one before stays in use", of: .error)
    #expect(try await shows(before))
    try next.replace(used)
    ingest.kill(SIGHUP)
    try await ingest.line(containing: "TLS certificate reloaded", of: .error)
    #expect(try await shows(next))
    #expect(try await old.send(.get("/-/healthz")).status == 200)
    ingest.terminate()
    #expect(await ingest.waitForExit().isSuccess)
  }

  @Test("wrong files end the start with one line each")
  func wrongFiles() async throws {
    let directory = try TemporaryDirectory()
    let server = try TestCertificate.selfSigned(in: directory, name: "")
    let other = try TestCertificate.selfSigned(in: directory, name: "other-")
    let mismatch = try await BuiltProgram.run(
      "millrace-ingest", ["--tls-cert", server.certificate, "--tls-key", other.key])
    #expect(mismatch.code == 78)
    #expect(
      mismatch.errorLines.last?.hasSuffix(
        "TLS: \(other.key): the private key does not belong to the certificate in \(server.certificate)") == true,
      "\(mismatch.error)")
    let half = try await BuiltProgram.run("millrace-ingest", ["--tls-cert", server.certificate])
    #expect(half.code == 78)
    #expect(half.error.contains("MILLRACE_TLS_CERT: needs MILLRACE_TLS_KEY beside it"), "\(half.error)")
  }
}
