// Runners from start to end: replaced when they die, gone after the shutdown, and clear words when there are none.

import Foundation
import Glibc
import Synchronization
import TestSupport
import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct RunnerLifeTests {
    @Test("a runner killed while a script runs costs that script a clear failure, and is replaced at once")
    func killed() async throws {
      try await withRunners(try .testing(time: .seconds(30))) { runners in
        let before = try await ready(runners)
        async let victim = runners.failure(of: "for (;;) {}")
        try await eventually("the script runs") { before.contains(where: isComputing) }
        kill(try #require(before.first(where: isComputing)), SIGKILL)
        let failure = try #require(await victim)
        #expect(failure.kind == .crashed)
        #expect(failure.message.contains("SIGKILL"))
        #expect(await runners.ending(of: "return 1") == .value("1"))
        let after = try await ready(runners)
        #expect(after.count == 2)
        #expect(Set(after).intersection(before).count == 1)
        #expect(before.filter(exists).count == 1)
      }
    }

    @Test("a runner that dies while it is idle is replaced")
    func killedIdle() async throws {
      try await withRunners { runners in
        let before = try await ready(runners)
        for process in before { kill(process, SIGKILL) }
        try await eventually("both are gone") { Set(runners.processIdentifiers).isDisjoint(with: before) }
        #expect(await runners.ending(of: "return 1") == .value("1"))
        #expect(try await ready(runners).count == 2)
      }
    }

    @Test("only starts that fail make calls fail, not runners that die while they are idle")
    func hopeless() {
      var pool = RunnerPool(size: 2, room: 10)
      func placement() -> String {
        switch pool.place(PendingCall(.check(ScriptCode(.script, "")))) {
        case .start: "starts"
        case .waits: "waits"
        case .refused: "refused"
        }
      }
      for _ in 0..<5 { _ = pool.fault("an idle runner ended") }
      let first = placement()
      #expect(first == "waits")
      let given = (0..<3).map { _ in pool.startFailed("no").hopeless.count }
      #expect(given == [0, 0, 1])
      let last = placement()
      #expect(last == "refused")
    }

    @Test("neither a script at the time nor one in line is harmed by the end of another's runner")
    func neighbours() async throws {
      try await withRunners { runners in
        let code = ScriptCode(.script, "return args")
        await withTaskGroup(of: Void.self) { group in
          for number in 0..<200 {
            group.addTask {
              if number % 40 == 7 {
                #expect(await runners.ending(of: "for (;;) {}", time: .milliseconds(100)) == .failure(.timeout))
              } else {
                let result = await runners.result(code, input: #"{"args":\#(number)}"#)
                #expect(result == .success("\(number)"))
              }
            }
          }
        }
        #expect(runners.waiting == 0)
        #expect(runners.running == 0)
      }
    }

    @Test("the messages of limits tell the limit")
    func messages() async throws {
      try await withRunners { runners in
        let timeout = await runners.failure(of: "for (;;) {}")
        #expect(timeout?.message == "the script took longer than 400ms")
        let endless = await runners.failure(of: "while (true) await 0", time: .milliseconds(50))
        #expect(endless?.message == "the script took longer than 50ms")
        let memory = await runners.failure(of: "const a = []; for (;;) a.push(new Array(1e6).fill(7))")
        #expect(memory?.message == "the script used more than 64MB of memory")
      }
    }

    @Test("a runner that keeps much memory after a call is replaced quietly")
    func worn() async throws {
      try await withRunners(try .testing(processes: 1, memory: 100 << 20, time: .seconds(5))) { runners in
        let before = try await ready(runners)
        let script = "const a = new Uint8Array(70e6).fill(1); for (let i = 0; i < 1e8; i++); return a.length"
        #expect(await runners.ending(of: script) == .value("70000000"))
        #expect(await runners.ending(of: "return 1") == .value("1"))
        #expect(try await ready(runners) != before)
      }
    }

    @Test("after the shutdown no process is left, and calls are refused")
    func shutDown() async throws {
      let processes = Mutex<[Int32]>([])
      let pool = try await withRunners(try .testing(time: .seconds(30))) { runners in
        let started = try await ready(runners)
        processes.withLock { $0 = started }
        Task { await runners.failure(of: "for (;;) {}") }
        try await eventually("the script runs") { runners.running == 1 }
        return runners
      }
      #expect(!processes.withLock { $0 }.contains(where: exists))
      #expect(await pool.failure(of: "return 1")?.kind == .unavailable)
    }

    @Test("a shutdown while runners start leaves none either")
    func shutDownAtStart() async throws {
      let pool = try await withRunners(try .testing(processes: 4)) { runners in
        runners.start()
        return runners
      }
      #expect(pool.processIdentifiers.filter(exists).isEmpty)
    }

    @Test(
      "without a runner calls fail soon, and tell why",
      arguments: [
        ("/nowhere/millrace-script", "cannot start '/nowhere/millrace-script': no such file or directory"),
        ("/bin/false", "it ended with code 1 before it was ready"), ("/etc/passwd", "permission denied"),
      ])
    func missing(_ executable: String, _ reason: String) async throws {
      var configuration = try ScriptRunners.Configuration.testing()
      configuration.executable = executable
      try await withRunners(configuration) { runners in
        let start = ContinuousClock.now
        let failure = try #require(await runners.failure(of: "return 1"))
        #expect(failure.kind == .unavailable)
        #expect(failure.message.hasPrefix("no script runner can be started: "))
        #expect(failure.message.contains(reason))
        #expect(ContinuousClock.now - start < .seconds(5))
        #expect(await runners.failure(of: "return 1")?.message == failure.message)
      }
    }

    @Test("a cancelled call ends its runner when it runs there, and leaves the line when it waits")
    func cancellation() async throws {
      try await withRunners(try .testing(processes: 1, time: .seconds(30))) { runners in
        let before = try await ready(runners)
        let running = Task { await runners.failure(of: "for (;;) {}") }
        try await eventually("the script runs") { before.contains(where: isComputing) }
        let waiting = Task { await runners.failure(of: "return 1") }
        try await eventually("the other waits") { runners.waiting == 1 }
        waiting.cancel()
        #expect(await waiting.value?.kind == .unavailable)
        #expect(runners.waiting == 0)
        running.cancel()
        #expect(await running.value?.kind == .unavailable)
        try await eventually("the runner has ended") { !before.contains(where: exists) }
        #expect(await runners.ending(of: "return 1") == .value("1"))
      }
    }

    @Test("only so many calls wait")
    func crowd() async throws {
      var configuration = try ScriptRunners.Configuration.testing(processes: 1, time: .seconds(30))
      configuration.waiting = 2
      try await withRunners(configuration) { runners in
        _ = try await ready(runners)
        let calls = (0..<3).map { _ in Task { await runners.failure(of: "for (;;) {}") } }
        try await eventually("two wait") { runners.running == 1 && runners.waiting == 2 }
        #expect(await runners.failure(of: "return 1")?.message == "more than 2 scripts wait for a runner")
        for call in calls { call.cancel() }
        for call in calls { #expect(await call.value?.kind == .unavailable) }
      }
    }

    @Test("inside a runner sockets, files and new processes are refused")
    func lockDown() async throws {
      let result = try await BuiltProgram.run("millrace-script", ["--probe-lockdown"])
      #expect(result.code == 0)
      for attempt in ["socket (internet)", "open of /etc/passwd", "fork", "execve"] {
        #expect(result.errorLines.contains { $0.contains(attempt) && $0.contains("refused") }, "\(result.error)")
      }
    }

    /// By the state that the kernel shows after the name in parentheses.
    private func isComputing(_ process: Int32) -> Bool {
      let stat = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
      return stat?.contains(") R ") == true
    }

    /// The processes of the runners once all of them are idle.
    private func ready(_ runners: ScriptRunners) async throws -> [Int32] {
      runners.start()
      try await eventually("all runners are ready") { runners.isReady }
      return runners.processIdentifiers
    }
  }
}
