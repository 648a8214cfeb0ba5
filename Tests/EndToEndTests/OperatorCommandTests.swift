// What operators do to executions in bulk, and what they see of them: `dead`, `redrive`, `executions`.

import JSONCodec
import TestSupport
import Testing

extension SystemTests {
  @Suite("Dead letters in bulk") struct DeadLetterTests {
    private static let time: Int64 = 1_763_926_414_000

    @Test("redrive keeps to its rate, says how far it is, and changes nothing when it is repeated")
    func rate() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let made = MadeUpExecutions(redis: redis)
      try made.add(25, of: "flow", at: Self.time)
      let redrive = ["redrive", "--rate", "10/s", "--redis-url", redis.url]
      let begin = ContinuousClock.now
      let result = try await BuiltProgram.runOnTerminal("millrace", redrive)
      #expect(ContinuousClock.now - begin >= .milliseconds(2400))
      #expect(result.code == 0 && result.output.contains("25 run again"), "\(result.output)")
      #expect(result.output.contains("\u{1B}[K1 of 25") && result.output.contains("\u{1B}[K25 of 25"))
      #expect(try made.queued == 25)
      #expect(try made.deadLetters == 0)
      let again = try await BuiltProgram.run("millrace", redrive)
      #expect(again.output == "0 dead letters\n")
      #expect(again.error == "")
      #expect(try made.queued == 25)
    }

    @Test("a dry run counts and changes nothing; with a limit the oldest run again, each once, also of one millisecond")
    func limit() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let made = MadeUpExecutions(redis: redis)
      let newest = try made.add(2, of: "flow", at: Self.time + 1)
      let ids = try made.add(1200, of: "flow", at: Self.time)
      let url = ["--redis-url", redis.url]
      #expect(try await Self.output(["redrive", "--dry-run"] + url) == "1202 dead letters\n")
      #expect(try await Self.output(["redrive", "--dry-run", "--limit", "7"] + url) == "7 dead letters\n")
      #expect(try made.queued == 0)
      #expect(try made.deadLetters == 1202)
      #expect(try await Self.dead(["--limit", "3"] + url) == [newest[1], newest[0], ids[1199]])
      let some = ["redrive", "--rate", "100000/s"] + url
      #expect(try await Self.output(some + ["--limit", "700"]) == "700 run again\n")
      #expect(try await Self.dead(["--limit", "1000"] + url) == backwards(newest) + backwards(ids[700...]))
      #expect(try made.queued == 700)
      try made.expire(ids[700])
      #expect(try await Self.output(["redrive", "--dry-run"] + url) == "501 dead letters\n")
      #expect(try made.deadLetters == 501)
      #expect(try await Self.output(some) == "501 run again\n")
      #expect(try made.queued == 1201)
      #expect(try made.deadLetters == 0)
    }

    @Test("dead letters are chosen by workflow, reason and time")
    func choice() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let made = MadeUpExecutions(redis: redis)
      let failed = try made.add(2, of: "one", at: Self.time)
      let crashed = try made.add(2, of: "one", state: "error", at: Self.time + 5000, dead: "crashes")
      let other = try made.add(2, of: "two", at: Self.time + 9000)
      let url = ["--redis-url", redis.url]
      #expect(try await Self.dead(["--reason", "crashes"] + url) == backwards(crashed))
      #expect(try await Self.dead(["--workflow", "two"] + url) == backwards(other))
      // Five seconds after the first.
      let since = ["--since", "2025-11-23T19:33:39Z"]
      #expect(try await Self.dead(["--since", "2025-11-24"] + url) == [])
      #expect(try await Self.dead(since + url) == backwards(crashed + other))
      #expect(try await Self.output(["redrive", "--reason", "crashes"] + url) == "2 run again\n")
      #expect(try await Self.output(["redrive", "--reason", "crashes"] + url) == "0 dead letters\n")
      #expect(try await Self.output(["redrive", "--workflow", "one"] + since + url) == "0 dead letters\n")
      #expect(try await Self.dead(url) == backwards(failed + other))
    }

    @Test("a redriven execution goes on where it failed, or from its start")
    func start() async throws {
      let target = try await FlakyTarget.start()
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      try await system.apply(["flaky": target.workflow])
      func becomes(_ state: String, _ id: String) async throws {
        try await eventually("it ends", within: .seconds(30)) { try system.states(of: [id]) == [state: 1] }
      }
      func steps(_ id: String) -> [Int] { ["s1", "s2"].map { target.calls(of: id, step: $0) } }
      let one = try #require(try await system.send("flaky", #"{"n":1}"#).executionID)
      try await becomes("failed", one)
      #expect(steps(one) == [1, 1])
      target.repair()
      #expect(try await system.command("redrive") == "1 run again\n")
      try await becomes("succeeded", one)
      #expect(steps(one) == [1, 2])
      target.spoil()
      let two = try #require(try await system.send("flaky", #"{"n":2}"#).executionID)
      try await becomes("failed", two)
      target.repair()
      #expect(try await system.command("redrive", "--from-start") == "1 run again\n")
      try await becomes("succeeded", two)
      #expect(steps(two) == [2, 2])
      #expect(steps(one) == [1, 2])
    }

    @Test(
      "a limit that makes no sense ends with 64 and says so",
      arguments: [
        ["dead", "--limit=0"], ["executions", "--limit=-1"], ["redrive", "--limit=0"], ["audit", "--limit=0"],
      ])
    func wrongLimit(arguments: [String]) async throws {
      let result = try await BuiltProgram.run("millrace", arguments)
      #expect(result.code == 64)
      #expect(result.error.contains("--limit takes a number from"), "\(result.error)")
    }

    private static func output(_ arguments: [String]) async throws -> String {
      let result = try await BuiltProgram.run("millrace", arguments)
      return result.output + result.error
    }

    /// The ids that `dead` lists.
    private static func dead(_ arguments: [String]) async throws -> [String] {
      try JSON.parse(try await output(["dead", "--json"] + arguments)).elements
        .map { $0["executionId"]?.stringValue ?? "" }
    }
  }

  @Suite("Lists of executions") struct ExecutionListTests {
    private static let time: Int64 = 1_763_926_414_000

    private static func listed(_ redis: RedisServer, _ arguments: String...) async throws -> [String] {
      let result = try await BuiltProgram.run(
        "millrace", ["executions", "--json", "--redis-url", redis.url] + arguments)
      #expect(result.code == 0, "\(result.error)")
      return try JSON.parse(result.output).elements.map { $0["executionId"]?.stringValue ?? "" }
    }

    @Test("those that have ended are found by workflow, state and time, the newest of all first")
    func ended() async throws {
      let redis = try await RedisServer.start()
      defer { redis.stop() }
      let directory = try TemporaryDirectory()
      for key in ["one", "two"] { try directory.write("\(key).yaml", Workflows.accept) }
      #expect(try await millrace("apply", directory.path, "--redis-url", redis.url).code == 0)
      let made = MadeUpExecutions(redis: redis)
      let old = try made.add(60, of: "one", at: Self.time)
      let good = try made.add(1, of: "one", state: "succeeded", at: Self.time + 2000, dead: nil)
      let late = try made.add(2, of: "two", at: Self.time + 4000)
      let last = try made.add(1, of: "two", state: "timedOut", at: Self.time + 6000)
      #expect(Set(try await Self.listed(redis, "--limit", "1000")) == Set(old + good + late + last))
      #expect(try await Self.listed(redis, "--limit", "1") == last)
      #expect(Set(try await Self.listed(redis, "--limit", "4")) == Set(good + late + last))
      #expect(try await Self.listed(redis, "--limit", "50").count == 50)
      #expect(try await Self.listed(redis, "--workflow", "one", "--state", "succeeded") == good)
      #expect(Set(try await Self.listed(redis, "--workflow", "two", "--state", "failed")) == Set(late))
      #expect(try await Self.listed(redis, "--state", "timedOut", "--state", "succeeded") == last + good)
      // Between one and five seconds after the first.
      let (since, until) = ("2025-11-23T19:33:35Z", "2025-11-23T19:33:39Z")
      #expect(Set(try await Self.listed(redis, "--since", since, "--until", until)) == Set(good + late))
      #expect(try await Self.listed(redis, "--since", "1h") == [])
      // What is no longer kept makes room for what is.
      for id in late + last { try made.expire(id) }
      #expect(try await Self.listed(redis, "--limit", "2").first == good.first)
      #expect(try await Self.listed(redis, "--limit", "2").count == 2)
    }

    @Test("those that are queued are listed with the newest first, as many as are asked for")
    func queued() async throws {
      let system = try await SystemUnderTest.start(workers: 0)
      defer { system.stop() }
      try await system.apply(["one": Workflows.accept, "two": Workflows.accept])
      var ids: [String] = []
      for n in 0..<80 {
        let answer = try await system.send(n < 40 ? "one" : "two", #"{"n":\#(n)}"#)
        ids.append(try #require(answer.executionID))
      }
      #expect(try await Self.listed(system.redis, "--state", "queued", "--limit", "5") == backwards(ids.suffix(5)))
      #expect(try await Self.listed(system.redis, "--state", "queued", "--limit", "1000") == backwards(ids))
      let one = try await Self.listed(system.redis, "--state", "queued", "--workflow", "one", "--limit", "3")
      #expect(one == backwards(ids[37..<40]))
      #expect(try await Self.listed(system.redis, "--state", "queued", "--since", "1h", "--limit", "1") == [ids[79]])
      #expect(try await Self.listed(system.redis, "--state", "queued", "--until", "1h") == [])
      #expect(try await Self.listed(system.redis, "--state", "running") == [])
    }

    @Test("those that run and those that wait are listed apart, and together")
    func runningAndWaiting() async throws {
      let gate = Gate()
      let target = try await CountingTarget.start { _ in await gate.pass() }
      let system = try await SystemUnderTest.start()
      defer { system.stop() }
      defer { gate.open() }
      let pause = "trigger: {type: webhook}\nnodes:\n  - {key: pause, type: delay, for: "
      try await system.apply(["held": target.steps(1), "soon": pause + "1h}\n", "later": pause + "2h}\n"])
      func send(_ key: String) async throws -> String {
        try #require(try await system.send(key, #"{"n":1}"#).executionID)
      }
      let held = [try await send("held"), try await send("held")]
      let waiting = [try await send("later"), try await send("soon")]
      try await eventually("they stand", within: .seconds(30)) {
        try target.calls.count == 2 && system.states(of: waiting) == ["waiting": 2]
      }
      #expect(Set(try await Self.listed(system.redis, "--state", "running")) == Set(held))
      // The next to go on is the first.
      #expect(try await Self.listed(system.redis, "--state", "waiting") == backwards(waiting))
      #expect(try await Self.listed(system.redis, "--state", "waiting", "--limit", "1") == [waiting[1]])
      #expect(try await Self.listed(system.redis, "--state", "waiting", "--workflow", "later") == [waiting[0]])
      let both = try await Self.listed(system.redis, "--state", "waiting", "--state", "running", "--state", "queued")
      #expect(Set(both) == Set(held + waiting) && both.count == 4)
    }
  }
}

private func backwards(_ ids: some BidirectionalCollection<String>) -> [String] { Array(ids.reversed()) }
