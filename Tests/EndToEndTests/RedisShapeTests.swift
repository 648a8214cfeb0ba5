// The whole system on Redis in other shapes: TLS with client certificates, a primary that fails over, a cluster whose
// slots move and whose nodes die.

import ProcessSupport
import Synchronization
import TestSupport
import Testing

extension SystemTests {
  @Suite("Redis in every shape", .serialized) struct RedisShapeTests {
    /// Sends webhooks, four at a time, and one synchronous call after the other, until it is stopped; knows which
    /// webhooks were acknowledged, and what the calls came to.
    private final class Load: Sendable {
      private struct State {
        var ids: [String] = []
        var refused = 0
        var replies = 0
        var wrongReplies: [String] = []
      }

      private let state = Mutex(State())
      private let isOver = Mutex(false)

      var ids: [String] { state.withLock { $0.ids } }
      var refused: Int { state.withLock { $0.refused } }
      /// Calls that were answered with what they had sent.
      var replies: Int { state.withLock { $0.replies } }
      /// Those that got somebody else's answer, none, or one that is neither that nor a "later".
      var wrongReplies: [String] { state.withLock { $0.wrongReplies } }
      func stop() { isOver.withLock { $0 = true } }

      func run(_ system: SystemUnderTest) async {
        await withTaskGroup(of: Void.self) { group in
          group.addTask { await self.call(system) }
          for sender in 0..<4 {
            group.addTask {
              var n = 0
              while !self.isOver.withLock({ $0 }), !Task.isCancelled {
                n += 1
                let answer = try? await system.send("flow", #"{"n":"\#(sender)-\#(n)"}"#, within: .seconds(8))
                self.state.withLock { state in
                  if let id = answer?.executionID, answer?.isSuccess == true {
                    state.ids.append(id)
                  } else {
                    state.refused += 1
                  }
                }
                try? await Task.sleep(for: .milliseconds(5))
              }
            }
          }
        }
      }

      private func call(_ system: SystemUnderTest) async {
        var n = 0
        while !isOver.withLock({ $0 }), !Task.isCancelled {
          n += 1
          let body = #"{"token":"call-\#(n)"}"#
          let answer = try? await system.send("echo", body, within: .seconds(40))
          let text = answer.map { "\($0.status) \($0.text)" } ?? "no answer"
          state.withLock { state in
            switch answer?.status {
            case 200 where answer?.text == body: state.replies += 1
            // After its time, or while nothing is taken.
            case 202, 503: break
            default: state.wrongReplies.append("\(body): \(text)")
            }
          }
          try? await Task.sleep(for: .milliseconds(20))
        }
      }
    }

    /// Applies the workflows that the load calls, and waits until the ingest knows them.
    private static func apply(_ target: CountingTarget, to url: String, _ system: SystemUnderTest) async throws {
      let directory = try TemporaryDirectory()
      try directory.write("flow.yaml", target.steps(3))
      try directory.write("echo.yaml", Workflows.echo)
      let applied = try await millrace("apply", directory.path, "--redis-url", url)
      #expect(applied.code == 0, "\(applied.error)")
      for key in ["flow", "echo"] {
        try await eventually("ingest knows \(key)", within: .seconds(20)) {
          // A method that no webhook has.
          let probe = SystemRequest("TRACE", "/api/webhooks/\(key)")
          return try await SystemConnection.send(probe, port: system.port, within: .seconds(5)).status == 405
        }
      }
    }

    /// Everything that was acknowledged has run, each step, and none again after the next one had begun.
    private static func expectSteps(of ids: [String], at target: CountingTarget) {
      let histories = target.histories
      let missing = ids.filter { histories[$0]?.distinct != [1, 2, 3] }
      #expect(missing.isEmpty, "\(missing.count) without all steps, for example \(missing.prefix(5))")
      let again = histories.filter { $0.value.repeatsFinishedStep }.map { "\($0.key): \($0.value.text)" }
      #expect(again.isEmpty, "\(again.count) ran finished steps again, for example \(again.prefix(5))")
    }

    private static func expectReplies(of load: Load) {
      let wrong = load.wrongReplies
      #expect(wrong.isEmpty, "\(wrong.count) wrong answers, for example \(wrong.prefix(5))")
    }

    /// A primary with one replica, a sentinel over both and a system on them, `strict`.
    private struct Watched {
      let primary: RedisServer
      let replica: RedisServer
      let sentinel: Sentinel
      let target: CountingTarget
      let system: SystemUnderTest

      static func with(_ body: (Watched) async throws -> Void) async throws {
        let primary = try await RedisServer.start(appendOnly: .always)
        defer { primary.stop() }
        let replica = try await RedisServer.start(
          appendOnly: .always, configuration: ["replicaof 127.0.0.1 \(primary.port)"])
        defer { replica.stop() }
        let sentinel = try Sentinel(watching: primary)
        defer { sentinel.stop() }
        try await eventually("the replica follows", within: .seconds(20)) {
          try primary.command("INFO", "replication").contains("state=online")
        }
        try await eventually("the sentinel knows it", within: .seconds(20)) { try sentinel.replicas() == 1 }
        let target = try await CountingTarget.start()
        let settings = ["MILLRACE_REDIS_URL": sentinel.url, "MILLRACE_DURABILITY": "strict"]
        let system = try await SystemUnderTest.start(workers: 2, settings: settings, redis: primary)
        defer { system.stop() }
        try await RedisShapeTests.apply(target, to: sentinel.url, system)
        try await body(
          Watched(primary: primary, replica: replica, sentinel: sentinel, target: target, system: system))
      }

      /// Until the replica is the primary, and webhooks and calls are answered again; how long the latter took.
      func waitForService(_ load: Load) async throws -> Duration {
        try await eventually("the replica is promoted", within: .seconds(30)) {
          try replica.command("ROLE").hasPrefix("master")
        }
        let promoted = ContinuousClock.now
        let (before, replies) = (load.ids.count, load.replies)
        try await eventually("webhooks are accepted again", within: .seconds(30)) { load.ids.count > before + 20 }
        let back = ContinuousClock.now - promoted
        try await eventually("calls are answered again", within: .seconds(60)) { load.replies > replies + 2 }
        return back
      }

      func expectAll(of load: Load) async throws {
        let ids = load.ids
        try await eventually("all end", within: .seconds(60)) {
          let states = RedisShapeTests.states(ids, on: [replica])
          guard states == ["succeeded": ids.count] else { throw NotInTime(description: "\(states)") }
          return true
        }
        RedisShapeTests.expectSteps(of: ids, at: target)
        RedisShapeTests.expectReplies(of: load)
        let processes = system.ingests + system.workers
        #expect(processes.allSatisfy { $0.isRunning })
      }
    }

    /// The state of each execution, from whichever of the servers has it.
    private static func states(_ ids: [String], on servers: [RedisServer]) -> [String: Int] {
      var states: [String: Int] = [:]
      for id in ids {
        let key = "{p0}:x:\(id.split(separator: "-").last ?? "")"
        let state = servers.lazy.compactMap { try? $0.command("HGET", key, "st") }
          .first { !$0.isEmpty && !$0.hasPrefix("-MOVED") }
        states[state ?? "unknown", default: 0] += 1
      }
      return states
    }

    @Test("over TLS, with a private authority, a client certificate and an ACL user")
    func tls() async throws {
      let directory = try TemporaryDirectory()
      let server = try TestCertificate.selfSigned(in: directory, name: "server")
      let client = try server.issue(in: directory, name: "client", subject: "millrace")
      let stranger = try TestCertificate.selfSigned(in: directory, name: "stranger", subject: "stranger")
      let port = try FreePort.next()
      let redis = try await RedisServer.start(
        appendOnly: .everysec,
        users: [.init(name: "mill", password: "p:/s", rules: "~* +@all -@dangerous +info +role +config|get")],
        configuration: [
          "tls-port \(port)", "tls-cert-file \(server.certificate)", "tls-key-file \(server.key)",
          "tls-ca-cert-file \(server.certificate)", "tls-auth-clients yes",
        ])
      defer { redis.stop() }
      let login = "rediss://mill:p%3A%2Fs@127.0.0.1:\(port)/0?ca="
      let url = "\(login)\(server.certificate)&cert=\(client.certificate)&key=\(client.key)"
      let target = try await CountingTarget.start()
      let system = try await SystemUnderTest.start(settings: ["MILLRACE_REDIS_URL": url], redis: redis)
      defer { system.stop() }
      try await system.apply(["flow": target.steps(2)])
      let id = try #require(try await system.send("flow", #"{"n":"tls"}"#).executionID)
      try await eventually("it runs", within: .seconds(20)) { try system.field("st", of: id) == "succeeded" }
      let doctor = try await millrace("doctor", "--redis-url", url)
      #expect(doctor.code == 0, "\(doctor.output)\(doctor.error)")
      for wrong in [
        "\(login)\(stranger.certificate)&cert=\(client.certificate)&key=\(client.key)",
        "\(login)\(server.certificate)",
      ] {
        let result = try await millrace("workflows", "--redis-url", wrong)
        #expect(result.code == 69, "\(result.error)")
        #expect(result.error.lowercased().contains("certificate"), "\(result.error)")
        #expect(!result.error.contains("p%3A"))
      }
    }

    @Test("when the primary dies, a sentinel names another: nothing acknowledged is lost, nobody has to be restarted")
    func sentinel() async throws {
      try await Watched.with { watched in
        let load = Load()
        async let running: Void = load.run(watched.system)
        try await eventually("webhooks run", within: .seconds(30)) { load.ids.count > 200 && load.replies > 2 }
        watched.primary.kill()
        let back = try await watched.waitForService(load)
        load.stop()
        await running
        print("sentinel: \(load.ids.count) acknowledged, \(load.refused) refused, back \(back) after the promotion")
        #expect(back < .seconds(5))
        try await watched.expectAll(of: load)
      }
    }

    @Test("when a sentinel replaces a primary that lives, nothing acknowledged stays behind on that")
    func plannedFailover() async throws {
      try await Watched.with { watched in
        let load = Load()
        async let running: Void = load.run(watched.system)
        try await eventually("webhooks run", within: .seconds(30)) { load.ids.count > 200 && load.replies > 2 }
        try await watched.sentinel.failOver()
        let back = try await watched.waitForService(load)
        // All the time until the old primary learns of it.
        try await eventually("the old primary follows the new one", within: .seconds(60)) {
          try watched.primary.command("ROLE").hasPrefix("slave")
        }
        load.stop()
        await running
        print("planned: \(load.ids.count) acknowledged, \(load.refused) refused, back \(back) after the promotion")
        #expect(back < .seconds(8))
        try await watched.expectAll(of: load)
      }
    }

    @Test("in a cluster a slot moves under load, then its primary dies: nothing acknowledged is lost")
    func cluster() async throws {
      let cluster = try await Cluster.start()
      defer { cluster.stop() }
      let target = try await CountingTarget.start()
      let url = "redis+cluster://" + cluster.primaries.map { "127.0.0.1:\($0.port)" }.joined(separator: ",")
      let home = try cluster.owner()
      let system = try await SystemUnderTest.start(
        workers: 2, settings: ["MILLRACE_REDIS_URL": url, "MILLRACE_DURABILITY": "strict"], redis: home)
      defer { system.stop() }
      try await Self.apply(target, to: url, system)
      let load = Load()
      async let running: Void = load.run(system)
      try await eventually("webhooks run", within: .seconds(30)) { load.ids.count > 200 && load.replies > 2 }
      let other = try #require(cluster.primaries.first { $0.port != home.port })
      try await cluster.move(from: home, to: other)
      let moved = load.ids.count
      try await eventually("webhooks run at the slot's new place", within: .seconds(30)) {
        load.ids.count > moved + 100
      }
      let owner = try cluster.owner()
      #expect(owner.port == other.port)
      let successor = try #require(cluster.replica(of: other))
      other.kill()
      try await eventually("the replica is promoted", within: .seconds(30)) {
        try successor.command("ROLE").hasPrefix("master")
      }
      let promoted = ContinuousClock.now
      let (killed, replies) = (load.ids.count, load.replies)
      try await eventually("webhooks are accepted again", within: .seconds(60)) { load.ids.count > killed + 20 }
      let back = ContinuousClock.now - promoted
      try await eventually("calls are answered again", within: .seconds(60)) { load.replies > replies + 2 }
      load.stop()
      await running
      let ids = load.ids
      print("cluster: \(ids.count) acknowledged, \(load.refused) refused, back \(back) after the promotion")
      #expect(back < .seconds(5))
      try await eventually("all end", within: .seconds(60)) {
        let states = Self.states(ids, on: cluster.alive)
        guard states == ["succeeded": ids.count] else { throw NotInTime(description: "\(states)") }
        return true
      }
      Self.expectSteps(of: ids, at: target)
      Self.expectReplies(of: load)
      let processes = system.ingests + system.workers
      #expect(processes.allSatisfy { $0.isRunning })
    }
  }
}

/// Three primaries with a replica each.
private struct Cluster {
  let primaries: [RedisServer]
  let replicas: [RedisServer]
  private let busPorts: [Int: Int]
  /// The slot of `{p0}`.
  private let slot: Int

  var alive: [RedisServer] { (primaries + replicas).filter { $0.pid != 0 } }

  static func start() async throws -> Cluster {
    var servers: [RedisServer] = []
    var busPorts: [Int: Int] = [:]
    for _ in 0..<6 {
      let bus = try FreePort.next()
      let server = try await RedisServer.start(
        appendOnly: .always,
        configuration: [
          "cluster-enabled yes", "cluster-port \(bus)", "cluster-node-timeout 2000", "cluster-require-full-coverage no",
          "cluster-replica-validity-factor 0",
        ])
      servers.append(server)
      busPorts[server.port] = bus
    }
    let primaries = Array(servers[..<3])
    let replicas = Array(servers[3...])
    for (index, range) in [(0, 5460), (5461, 10922), (10923, 16383)].enumerated() {
      _ = try primaries[index].command("CLUSTER", "ADDSLOTSRANGE", "\(range.0)", "\(range.1)")
    }
    for server in servers.dropFirst() {
      _ = try servers[0].command("CLUSTER", "MEET", "127.0.0.1", "\(server.port)", "\(busPorts[server.port] ?? 0)")
    }
    try await eventually("the nodes have met", within: .seconds(30)) {
      try servers.allSatisfy { try $0.command("CLUSTER", "INFO").contains("cluster_known_nodes:6") }
    }
    for (primary, replica) in zip(primaries, replicas) {
      let id = try primary.command("CLUSTER", "MYID")
      try await eventually("the replica knows its primary", within: .seconds(30)) {
        try replica.command("CLUSTER", "REPLICATE", id) == "+OK"
      }
    }
    try await eventually("the cluster is up", within: .seconds(30)) {
      try servers.allSatisfy { try $0.command("CLUSTER", "INFO").contains("cluster_state:ok") }
        && primaries.allSatisfy { try $0.command("INFO", "replication").contains("state=online") }
    }
    let slot = Int(try primaries[0].command("CLUSTER", "KEYSLOT", "{p0}")) ?? 0
    return Cluster(primaries: primaries, replicas: replicas, busPorts: busPorts, slot: slot)
  }

  func stop() {
    for server in replicas + primaries { server.stop() }
  }

  func replica(of primary: RedisServer) -> RedisServer? {
    primaries.firstIndex { $0.port == primary.port }.map { replicas[$0] }
  }

  /// Who has the slot of the partition.
  func owner() throws -> RedisServer {
    for server in alive {
      // Others say where the slot is.
      if try server.command("GET", "{p0}:nothing").isEmpty { return server }
    }
    throw RedisServer.Failure(description: "nobody has the slot")
  }

  /// As redis-cli --cluster reshard does it, key after key.
  func move(from source: RedisServer, to target: RedisServer) async throws {
    let (from, to) = (try source.command("CLUSTER", "MYID"), try target.command("CLUSTER", "MYID"))
    _ = try target.command("CLUSTER", "SETSLOT", "\(slot)", "IMPORTING", from)
    _ = try source.command("CLUSTER", "SETSLOT", "\(slot)", "MIGRATING", to)
    try await eventually("all keys have moved", within: .seconds(60)) {
      for _ in 0..<200 {
        let page = try source.command("CLUSTER", "GETKEYSINSLOT", "\(slot)", "20")
        let keys = page.split(separator: "\n").map(String.init)
        if keys.isEmpty { return true }
        for key in keys {
          _ = try source.command("MIGRATE", "127.0.0.1", "\(target.port)", key, "0", "5000")
        }
      }
      return false
    }
    for server in [target, source] + primaries {
      _ = try server.command("CLUSTER", "SETSLOT", "\(slot)", "NODE", to)
    }
  }
}
