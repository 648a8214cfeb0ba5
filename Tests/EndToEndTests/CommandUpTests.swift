// `millrace up`: from nothing to an answered webhook, and back to nothing.

import Foundation
import Glibc
import JSONCodec
import TestSupport
import Testing

extension SystemTests {
  @Suite("millrace up") struct CommandUpTests {
    @Test("brings up a system that takes webhooks, and takes it down again")
    func wholeLife() async throws {
      let up = try await UpRun.start(workers: 2)
      defer { up.program.kill() }
      #expect(up.program.output.contains("curl -X POST \(up.url)/api/webhooks/hello -H"))

      let hello = try await millrace("send", "hello", "--url", up.url, "--data", CommandExamples.webhook)
      #expect(hello.code == 0, "\(hello.error)")
      let id = try #require(hello.output.firstMatch(of: /execution +(\S+)/)).1
      try await eventually("the execution has succeeded") {
        let shown = try await up.millrace("show", String(id), "--json")
        return try JSON.parse(shown.output)["state"]?.stringValue == "succeeded"
      }
      let shown = try await up.millrace("show", String(id))
      #expect(shown.output.contains(/greeting +map +succeeded/))

      let echo = try await millrace("send", "echo", "--url", up.url, "--data", CommandExamples.webhook)
      #expect(echo.output.contains(#""message": "Hello NocoBase""#))
      let unknown = try await millrace("send", "nothing", "--url", up.url)
      #expect(unknown.code == 1)
      #expect(unknown.output.contains(/status +404/))

      #expect(try await !up.millrace("audit").output.contains("OPTIONS"))

      let processes = try up.processes()
      #expect(processes.count == 4)
      up.program.kill(SIGINT)
      #expect(await up.program.waitForExit().code == 0)
      for process in processes { #expect(!UpRun.isRunning(process)) }
    }

    @Test("a second one in the same directory, or on the same port, is refused with one line")
    func refusesSecond() async throws {
      let up = try await UpRun.start()
      defer { up.program.kill() }
      let same = try await up.millrace("up", CommandExamples.directory)
      #expect(same.code == 69)
      #expect(same.errorLines.count == 1)
      #expect(same.error.contains("another `millrace up` (process \(up.program.pid))"))

      let other = try TemporaryDirectory()
      let address = String(up.url.dropFirst("http://".count))
      let busy = try await millrace(
        "up", CommandExamples.directory, "--listen", address, "--state-dir", other.file("state"))
      #expect(busy.code == 69)
      #expect(busy.errorLines.count == 1)
      #expect(
        busy.error.contains("\(address) is in use: stop the other program or choose another address with --listen"))
      up.program.terminate()
      #expect(await up.program.waitForExit().code == 0)
    }

    @Test("starts nothing when a workflow file is wrong")
    func refusesBrokenFiles() async throws {
      let directory = try TemporaryDirectory()
      try directory.write("flows/a.yaml", "trigger: {type: webhok}\n")
      let result = try await millrace("up", "flows", directory: directory.path)
      #expect(result.code == 65)
      #expect(result.errorLines.first?.hasPrefix("flows/a.yaml:1:17: ") == true, "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: directory.file(".millrace")))
    }

    @Test(
      "starts nothing when the settings cannot work together, and ends with 78",
      arguments: [
        ["--tls-cert", "nofile", "--tls-key", "nofile"], ["--journal-dir", "/etc/passwd"],
        ["--journal-dir", "/etc/passwd/journal"], ["--listen", "127.0.0.1:8080", "--metrics-listen", ":8080"],
      ])
    func refusesSettings(flags: [String]) async throws {
      let directory = try TemporaryDirectory()
      let result = try await BuiltProgram.run(
        "millrace", ["up", CommandExamples.directory] + flags, directory: directory.path)
      #expect(result.code == 78)
      #expect(result.errorLines.count == 1, "\(result.error)")
      #expect(!FileManager.default.fileExists(atPath: directory.file(".millrace")))
    }

    @Test("ends with 78 when a program that it has started does so")
    func passesConfigurationOn() async throws {
      let directory = try TemporaryDirectory()
      let one = try TestCertificate.selfSigned(in: directory, name: "")
      let other = try TestCertificate.selfSigned(in: directory, name: "other-")
      let result = try await millrace(
        "up", CommandExamples.directory, "--tls-cert", one.certificate, "--tls-key", other.key, "--listen",
        "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0", directory: directory.path)
      #expect(result.code == 78)
      #expect(result.error.contains("does not belong to the certificate"), "\(result.error)")
    }

    @Test("greets with commands that work, of the workflows that take anything")
    func greeting() async throws {
      let directory = try TemporaryDirectory()
      try directory.write("flows/closed.yaml", "trigger: {type: webhook, mode: sync, schema: false}\nnodes: []\n")
      try directory.write(
        "flows/order.yaml",
        """
        trigger: {type: webhook, mode: sync, methods: [GET], path: "/orders/:id"}
        nodes: [{key: out, type: output, value: "{{$context.params.id}}"}]

        """)
      let up = try await UpRun.start(directory: directory, workflows: "flows")
      defer { up.program.kill() }
      #expect(
        up.program.output.contains("Send a webhook and wait for the answer:\n\n  curl -X GET \(up.url)/orders/1\n"))
      let sent = try await millrace("send", "order", "--url", up.url, "--method", "GET", "--path", "/orders/7")
      #expect(sent.code == 0 && sent.output.contains("7"), "\(sent.output)")
      up.program.kill(SIGINT)
      #expect(await up.program.waitForExit().code == 0)
    }

    @Test("starts a program again that has died")
    func restartsPrograms() async throws {
      let up = try await UpRun.start()
      defer { up.program.kill() }
      let worker = try #require(try up.processes().first { $0.name == "worker" })
      kill(worker.identifier, SIGKILL)
      try await eventually("there is another worker") {
        let now = try up.processes().first { $0.name == "worker" }
        return now != nil && now?.identifier != worker.identifier
      }
      let redis = try #require(try up.processes().first { $0.name == "redis" })
      kill(redis.identifier, SIGKILL)
      try await eventually("the echo answers again", within: .seconds(30)) {
        try await millrace("send", "echo", "--url", up.url, "--data", "{}").code == 0
      }
      up.program.kill(SIGINT)
      #expect(await up.program.waitForExit().code == 0)
    }

    @Test("removes what one that was killed has left, and keeps its workflows and executions")
    func removesLeftovers() async throws {
      let first = try await UpRun.start()
      let hello = try await millrace("send", "hello", "--url", first.url, "--data", "{}")
      let id = try #require(hello.output.firstMatch(of: /execution +(\S+)/)).1
      let left = try first.processes()
      first.program.kill(SIGKILL)
      await first.program.waitForExit()
      #expect(left.contains { UpRun.isRunning($0) })

      let second = try await UpRun.start(directory: first.directory)
      defer { second.program.kill() }
      for process in left { #expect(!UpRun.isRunning(process)) }
      #expect(try await second.millrace("show", String(id)).code == 0)
      second.program.kill(SIGINT)
      #expect(await second.program.waitForExit().code == 0)
    }

    @Test("works in a directory whose path is too long for a socket")
    func longPath() async throws {
      let directory = try TemporaryDirectory(String(repeating: "long", count: 30))
      let up = try await UpRun.start(directory: directory)
      defer { up.program.kill() }
      #expect(try await up.millrace("workflows").code == 0)
      up.program.kill(SIGINT)
      #expect(await up.program.waitForExit().code == 0)
    }

    @Test("uses the Redis that is set, and starts none")
    func usesGivenRedis() async throws {
      let redis = try await RedisServer.start(appendOnly: .everysec)
      defer { redis.stop() }
      let up = try await UpRun.start(environment: ["MILLRACE_REDIS_URL": redis.url])
      defer { up.program.kill() }
      #expect(try up.processes().map(\.name).sorted() == ["ingest", "worker"])
      #expect(try redis.command("HEXISTS", "{workflows}:heads", "hello") == "1")
      up.program.kill(SIGINT)
      #expect(await up.program.waitForExit().code == 0)
    }
  }
}
