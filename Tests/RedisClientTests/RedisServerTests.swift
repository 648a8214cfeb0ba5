// The tests' own redis-server: what other suites rely on when they kill, pause and restart it.

import Glibc
import TestSupport
import Testing

@Suite("A test's redis-server")
struct RedisServerTests {
  @Test("answers, keeps its data over kill and restart on the same port, and is gone after stop")
  func lifeCycle() async throws {
    let server = try await RedisServer.start(appendOnly: .always)
    defer { server.stop() }
    #expect(try server.command("SET", "key", "value") == "+OK")
    let first = server.pid
    server.kill()
    #expect(server.pid == 0)
    try await server.restart()
    #expect(server.pid != first)
    #expect(try server.command("GET", "key") == "value")
    try await server.restart()
    #expect(try server.command("GET", "key") == "value")
    let last = server.pid
    server.stop()
    #expect(Glibc.kill(last, 0) == -1)
    #expect(access(server.directory, F_OK) == -1)
  }

  @Test("keeps its data over an orderly restart without an append-only file too")
  func restartSaves() async throws {
    let server = try await RedisServer.start()
    defer { server.stop() }
    try server.command("SET", "key", "value")
    try await server.restart()
    #expect(try server.command("GET", "key") == "value")
  }

  @Test("listens on a unix socket, asks for a password and knows users")
  func passwordOnUnixSocket() async throws {
    let server = try await RedisServer.start(
      listening: .unixSocket, password: "p@ss word", users: [.init(name: "reader", password: "r", rules: "~* +get")],
      configuration: ["maxclients 100"])
    defer { server.stop() }
    #expect(server.url.hasPrefix("unix://:p%40ss%20word@/"))
    #expect(try server.command("CONFIG", "GET", "maxclients") == "maxclients\n100")
    #expect(try server.command("ACL", "LIST").contains("user reader on"))
  }

  @Test("says why it does not start")
  func refusesBadConfiguration() async {
    let failure = await #expect(throws: RedisServer.Failure.self) {
      _ = try await RedisServer.start(configuration: ["no-such-setting 1"])
    }
    #expect(failure?.description.contains("no-such-setting") == true)
  }
}
