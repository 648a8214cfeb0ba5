// The commands that look into Redis or change something there.

import JSONCodec
import TestSupport
import Testing

extension SystemTests {
  @Suite("The command line with Redis") struct CommandRedisTests {
    @Test("applying twice changes nothing the second time, and workflows lists what is applied")
    func applyAndList() async throws {
      let redis = try await RedisServer.start(appendOnly: .everysec)
      defer { redis.stop() }
      let url = "--redis-url=\(redis.url)"
      let first = try await millrace("apply", CommandExamples.directory, url)
      #expect(first.code == 0, "\(first.error)")
      #expect(first.outputLines.dropFirst().allSatisfy { $0.hasSuffix("1  changed") }, "\(first.output)")
      let second = try await millrace("apply", CommandExamples.directory, url)
      #expect(second.outputLines.dropFirst().allSatisfy { $0.hasSuffix("1  unchanged") }, "\(second.output)")
      let list = try await millrace("workflows", "--json", environment: ["MILLRACE_REDIS_URL": redis.url])
      let keys = try JSON.parse(list.output).elements.map { $0["key"]?.stringValue }
      #expect(keys == ["contact-form", "echo", "github-push", "hello", "order-lookup", "payment-approval"])
    }

    @Test("a path that an applied workflow has already is refused")
    func clash() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let directory = try TemporaryDirectory()
      let text = "trigger: {type: webhook, path: /orders/:id}\n"
      let one = try directory.write("one.yaml", text)
      let two = try directory.write("two.yaml", text)
      #expect(try await millrace("apply", one, "--redis-url", redis.url).code == 0)
      let result = try await millrace("apply", two, "--redis-url", redis.url)
      #expect(result.code == 65)
      let clash = "the path /orders/:id clashes with /orders/:id of the applied workflow \"one\"; "
      #expect(result.error.contains("\(two):1:32: \(clash)"), "\(result.error)")
      #expect(result.error.hasSuffix("millrace: 1 problem; nothing was applied\n"))
      // Whose file is gone is told to be stopped, and then its path is free.
      #expect(try await millrace("disable", "one", "--redis-url", redis.url).code == 0)
      #expect(try await millrace("apply", two, "--redis-url", redis.url).code == 0)
      let late = try await millrace("enable", "one", "--redis-url", redis.url)
      #expect(late.code == 1)
      #expect(late.error.hasPrefix("millrace: one stays disabled: the path /orders/:id clashes"), "\(late.error)")
    }

    @Test("a workflow is disabled and enabled by its key; an unknown key ends with 1 and a suggestion")
    func enableAndDisable() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let environment = ["MILLRACE_REDIS_URL": redis.url]
      _ = try await millrace("apply", CommandExamples.directory, environment: environment)
      #expect(try await millrace("disable", "hello", environment: environment).output == "hello is disabled\n")
      let disabled = try await millrace("workflows", environment: environment)
      #expect(disabled.output.contains(/hello +1  disabled/))
      #expect(try await millrace("enable", "hello", environment: environment).output == "hello is enabled\n")
      let unknown = try await millrace("enable", "helo", environment: environment)
      #expect(unknown.code == 1)
      #expect(unknown.error == "millrace: no workflow \"helo\" is applied; did you mean hello?\n")
    }

    @Test("show ends with 1 for an execution that nobody knows")
    func showUnknown() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let result = try await millrace("show", "0-1763926414123-0-7k3fz9m2c8h5xq1b", "--redis-url", redis.url)
      #expect(result.code == 1)
      #expect(result.errorLines.count == 1)
    }

    @Test("doctor fails a Redis that may throw webhooks away, and says what to change")
    func doctorFails() async throws {
      let redis = try await RedisServer.start(
        appendOnly: .everysec, configuration: ["maxmemory 100mb", "maxmemory-policy allkeys-lru"])
      defer { redis.stop() }
      let result = try await millrace("doctor", "--redis-url", redis.url)
      #expect(result.code == 1)
      let line = result.outputLines.first { $0.contains("allkeys-lru") }
      #expect(line?.hasPrefix("FAIL  settings") == true, "\(result.output)")
      #expect(line?.contains("CONFIG SET maxmemory-policy noeviction") == true)
    }

    @Test("doctor is content with a Redis that keeps the promise, whoever is missing around it")
    func doctorPasses() async throws {
      let redis = try await RedisServer.start(appendOnly: .everysec)
      defer { redis.stop() }
      let result = try await millrace("doctor", "--json", "--redis-url", redis.url)
      let document = try JSON.parse(result.output)
      #expect(result.code == 0, "\(result.output)")
      #expect(document["healthy"]?.boolValue == true)
      let workers = document["findings"]?.elements.first { $0["subject"]?.stringValue == "workers" }
      #expect(workers?["verdict"]?.stringValue == "warn")
    }

    @Test("doctor ends with 69 when Redis is away")
    func doctorWithoutRedis() async throws {
      let result = try await millrace("doctor", "--redis-url", "redis://127.0.0.1:\(try FreePort.next())")
      #expect(result.code == 69)
      #expect(result.output.contains("FAIL  redis"))
    }

    @Test("doctor counts entries that no worker can read")
    func doctorCountsStuck() async throws {
      let redis = try await RedisServer.start(appendOnly: .everysec)
      defer { redis.stop() }
      let stream = "{p0}:q:normal"
      try redis.command("XGROUP", "CREATE", stream, "workers", "0", "MKSTREAM")
      try redis.command("XADD", stream, "5-1", "foreign", "1")
      try redis.command("XREADGROUP", "GROUP", "workers", "worker-a", "COUNT", "1", "STREAMS", stream, ">")
      try redis.command(
        "XCLAIM", stream, "workers", "worker-a", "0", "5-1", "IDLE", "3600000", "JUSTID")
      let gone = try await millrace("doctor", "--redis-url", redis.url)
      #expect(gone.output.contains("1 held by workers that are gone"), "\(gone.output)")
      try redis.command("ZADD", "{p0}:workers", "99999999999999", "worker-a")
      let alive = try await millrace("doctor", "--redis-url", redis.url)
      #expect(alive.output.contains("1 entries that no worker can read"), "\(alive.output)")
    }
  }
}
