// A real PostgreSQL for exports: in a directory of its own, on a Unix socket there, private to the test that starts it.

import Foundation
import Glibc
import ProcessSupport

package final class PostgresServer: Sendable {
  private let directory: TemporaryDirectory
  private let program: RunningProgram

  /// Runs a server for the time of the body.
  package static func with(_ body: (PostgresServer) async throws -> Void) async throws {
    let server = try await PostgresServer()
    do {
      try await body(server)
    } catch {
      await server.stop()
      throw error
    }
    await server.stop()
  }

  private init() async throws {
    let directory = try TemporaryDirectory("millrace-postgres")
    // When root runs the tests, the server belongs to somebody else.
    try FileManager.default.setAttributes([.posixPermissions: 0o777], ofItemAtPath: directory.path)
    let data = directory.file("data")
    let making = try Self.server(
      "initdb", ["-D", data, "-A", "trust", "-U", "millrace", "-E", "UTF8", "--locale=C", "--no-sync"], in: directory)
    guard await making.waitForExit().isSuccess else {
      throw BuiltProgram.Failure(description: "initdb failed; it wrote:\n\(making.transcript)")
    }
    self.directory = directory
    program = try Self.server(
      "postgres", ["-D", data, "-k", directory.path, "-c", "listen_addresses=", "-c", "fsync=off"], in: directory)
    do {
      try await eventually("PostgreSQL answers", within: .seconds(30)) { try await query("select 1") == "1" }
    } catch {
      throw BuiltProgram.Failure(description: "\(error); it wrote:\n\(program.transcript)")
    }
  }

  /// Cuts all connections; returns when the server is gone.
  private func stop() async {
    program.kill(SIGQUIT)
    await program.waitForExit()
    directory.remove()
  }

  /// What a query answers: a line for each row, `|` between its columns.
  package func query(_ text: String) async throws -> String {
    let client = try client(["-At", "-c", text], encoding: "UTF8")
    guard await client.waitForExit().isSuccess else { throw BuiltProgram.Failure(description: client.error) }
    return client.lines(of: .output).joined(separator: "\n")
  }

  /// Runs psql with a script to its end.
  package func load(_ path: String) async throws -> BuiltProgram.Result {
    let client = try startLoading(path)
    let status = await client.waitForExit()
    return BuiltProgram.Result(status: status, output: client.output, error: client.error)
  }

  /// Starts psql with a script, which may be a named pipe. Its surroundings have another encoding than the script.
  package func startLoading(_ path: String) throws -> RunningProgram {
    try client(["-f", path], encoding: "LATIN1")
  }

  private func client(_ arguments: [String], encoding: String) throws -> RunningProgram {
    try RunningProgram(
      executable: try Self.path("psql"),
      arguments: ["-X", "-q", "-h", directory.path, "-U", "millrace", "-d", "postgres"] + arguments,
      environment: ProcessEnvironment.all().merging(["PGCLIENTENCODING": encoding]) { $1 }, directory: directory.path)
  }

  /// PostgreSQL refuses to be root.
  private static func server(
    _ name: String, _ arguments: [String], in directory: TemporaryDirectory
  ) throws -> RunningProgram {
    let path = try path(name)
    let isRoot = geteuid() == 0
    let other = ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", path]
    return try RunningProgram(
      executable: isRoot ? executable("setpriv") : path, arguments: (isRoot ? other : []) + arguments,
      environment: ProcessEnvironment.all(), directory: directory.path)
  }

  /// Debian keeps the programs of each version in a folder of its own, not on the PATH.
  private static func path(_ name: String) throws -> String {
    let place = "/usr/lib/postgresql"
    let versions = (try? FileManager.default.contentsOfDirectory(atPath: place)) ?? []
    let folders = versions.sorted { (Int($0) ?? 0) > (Int($1) ?? 0) }.map { "\(place)/\($0)/bin" }
    let all = folders.joined(separator: ":") + ":" + (ProcessEnvironment.all()["PATH"] ?? "")
    guard let path = ExecutablePath.find(name, on: all) else {
      throw BuiltProgram.Failure(description: "there is no \(name); it is in the package postgresql")
    }
    return path
  }
}
