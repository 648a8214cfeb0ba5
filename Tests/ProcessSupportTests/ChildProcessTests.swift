// Child processes, with real ones.

import Glibc
import Synchronization
import Testing

@testable import ProcessSupport

@Suite struct ChildProcessTests {
  private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])

    var all: [String] { lines.withLock { $0 } }

    var output: ChildProcessLaunch.Output {
      .lines { stream, line in self.lines.withLock { $0.append("\(stream): \(line)") } }
    }
  }

  private func shell(_ script: String, output: ChildProcessLaunch.Output = .discarded) -> ChildProcessLaunch {
    ChildProcessLaunch(executable: "/bin/sh", arguments: ["-c", script], output: output)
  }

  @Test(
    "the way it ended is told",
    arguments: [
      ("exit 0", ProcessSupport.ExitStatus.exited(0)), ("exit 78", .exited(78)), ("kill -9 $$", .killed(SIGKILL)),
    ])
  func status(_ script: String, _ expected: ProcessSupport.ExitStatus) async throws {
    let child = try ChildProcess.start(shell(script))
    #expect(await child.waitForExit() == expected)
    #expect(await child.waitForExit() == expected)
    #expect(!child.isRunning)
    #expect(expected.isSuccess == (expected == .exited(0)))
  }

  @Test("output and error come line by line, the last line without its end too, before the end is told")
  func lines() async throws {
    let lines = Lines()
    let child = try ChildProcess.start(shell("echo one; echo two >&2; printf 'a\\r\\nlast'", output: lines.output))
    await child.waitForExit()
    #expect(Set(lines.all) == ["output: one", "error: two", "output: a", "output: last"])
    #expect(lines.all.filter { $0.hasPrefix("output") } == ["output: one", "output: a", "output: last"])
  }

  @Test("arguments, variables and directory arrive as given")
  func launch() async throws {
    let lines = Lines()
    let launch = ChildProcessLaunch(
      executable: "/bin/sh", arguments: ["-c", "printf '%s\\n' \"$0\" \"$NAME\" \"$HOME\" \"$PWD\"; cat", "a 'b'"],
      environment: ["NAME": "x=y z"], workingDirectory: "/usr", output: lines.output)
    let status = try await ChildProcess.start(launch).waitForExit()
    #expect(status.isSuccess)
    #expect(lines.all == ["output: a 'b'", "output: x=y z", "output: ", "output: /usr"])
  }

  @Test("a descriptor can be given as the child's input")
  func input() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    let text = Array("from its parent\n".utf8)
    #expect(write(ends[1], text, text.count) == text.count)
    close(ends[1])
    defer { close(ends[0]) }
    let lines = Lines()
    var launch = shell("cat", output: lines.output)
    launch.input = ends[0]
    #expect(try await ChildProcess.start(launch).waitForExit().isSuccess)
    #expect(lines.all == ["output: from its parent"])
  }

  @Test("no other descriptor of this process reaches the child")
  func descriptors() async throws {
    var ends: [Int32] = [-1, -1]
    try #require(pipe(&ends) == 0)
    defer { for end in ends { close(end) } }
    let lines = Lines()
    let child = try ChildProcess.start(
      shell("for f in 0 1 2 \(ends[0]) \(ends[1]); do [ -e /proc/$$/fd/$f ] && echo $f; done", output: lines.output))
    await child.waitForExit()
    #expect(lines.all == ["output: 0", "output: 1", "output: 2"])
  }

  @Test("terminate asks, kill ends, and both are nothing afterwards")
  func signals() async throws {
    let asked = try ChildProcess.start(shell("exec sleep 1000"))
    #expect(asked.isRunning)
    asked.terminate()
    #expect(await asked.waitForExit() == .killed(SIGTERM))
    asked.terminate()
    asked.kill()

    let lines = Lines()
    let (ready, continuation) = AsyncStream.makeStream(of: Void.self)
    let stubborn = try ChildProcess.start(
      shell(
        "trap 'echo asked' TERM; echo ready; while :; do sleep 0.05; done",
        output: .lines { _, line in
          if case .lines(let add) = lines.output { add(.output, line) }
          continuation.yield()
        }))
    _ = await ready.first { _ in true }
    stubborn.terminate()
    _ = await ready.first { _ in true }
    #expect(lines.all == ["output: ready", "output: asked"])
    stubborn.kill()
    #expect(await stubborn.waitForExit() == .killed(SIGKILL))
  }

  @Test("a group of its own is killed as a whole, and nothing that holds the pipe is waited for")
  func group() async throws {
    let (numbers, continuation) = AsyncStream.makeStream(of: String.self)
    var launch = shell("sleep 1000 & echo $!; wait", output: .lines { _, line in continuation.yield(line) })
    launch.ownsGroup = true
    let child = try ChildProcess.start(launch)
    let grandchild = try #require(await numbers.first { _ in true }.flatMap { pid_t($0) })
    #expect(getpgid(child.processIdentifier) == child.processIdentifier)
    #expect(getpgid(grandchild) == child.processIdentifier)
    child.kill()
    #expect(await child.waitForExit() == .killed(SIGKILL))

    let orphaning = try ChildProcess.start(
      shell("sleep 1000 & echo $!", output: .lines { _, line in continuation.yield(line) }))
    #expect(await orphaning.waitForExit().isSuccess)
    let orphan = try #require(await numbers.first { _ in true }.flatMap { pid_t($0) })
    #expect(Glibc.kill(orphan, SIGKILL) == 0)
  }

  @Test("a program that cannot be started gives one clear line")
  func failures() {
    let missing = #expect(throws: ChildProcessError.self) {
      try ChildProcess.start(ChildProcessLaunch(executable: "/nowhere/program", output: .prefixed("x | ")))
    }
    #expect(missing?.description == "cannot start '/nowhere/program': no such file or directory")
    let directory = #expect(throws: ChildProcessError.self) {
      try ChildProcess.start(ChildProcessLaunch(executable: "/bin/sh", workingDirectory: "/nowhere"))
    }
    #expect(directory?.description == "cannot start '/bin/sh' in '/nowhere': no such file or directory")
  }

  @Test("a very long line comes in pieces")
  func longLines() {
    var splitter = LineSplitter()
    let piece = splitter.add([UInt8](repeating: 65, count: LineSplitter.longest)[...])
    #expect(piece.map(\.utf8.count) == [LineSplitter.longest])
    #expect(splitter.add(Array("a\nb".utf8)[...]) == ["a"])
    #expect(splitter.finish() == "b")
    #expect(splitter.finish() == nil)
  }

  @Test("programs are found next to the running one and on the PATH")
  func paths() throws {
    let current = try #require(ExecutablePath.current)
    let name = try #require(current.split(separator: "/").last.map(String.init))
    #expect(ExecutablePath.sibling(named: name) == current)
    #expect(ExecutablePath.sibling(named: "no-such-program") == nil)
    #expect(ExecutablePath.find("sh", on: "/nowhere:/bin:/usr/bin") == "/bin/sh")
    #expect(ExecutablePath.find("bin", on: "/usr") == nil)
  }

  @Test("the limit of descriptors is raised as far as allowed")
  func descriptorLimit() {
    let allowed = DescriptorLimit.raise(for: 0)
    #expect(allowed > 0)
    #expect(DescriptorLimit.raise(for: 0) == allowed)
  }
}
