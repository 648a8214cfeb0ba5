// What one script leaves in the memory of its runner is not held against the next.

import Testing

@testable import Scripting

extension ScriptingTests {
  @Suite struct RunnerMemoryTests {
    private static let wait = "const end = Date.now() + 60; while (Date.now() < end);"

    private static func filled(_ lists: Int) -> String {
      "const a = []; for (let i = 0; i < \(lists); i++) a.push(new Array(1e6).fill(i + 0.5)); return a.length"
    }

    private func ending(_ text: String, _ runners: ScriptRunners, memory: Int?) async -> Ending {
      let call = ScriptCall([ScriptCode(.script, text)], input: Array("{}".utf8), memoryLimit: memory)
      do throws(ScriptFailure) {
        switch try await runners.run(call).results[0] {
        case .success(let bytes): return .value(String(decoding: bytes, as: UTF8.self))
        case .failure(let failure): return .failure(failure.kind)
        }
      } catch {
        return .failure(error.kind)
      }
    }

    @Test(
      "a script has its memory to itself, whatever ran before it",
      arguments: [
        (lists: 24, first: 1 << 30, second: nil), (lists: 24, first: 1 << 30, second: 16 << 20),
        (lists: 7, first: nil, second: 16 << 20), (lists: 3, first: nil, second: 16 << 20),
        (lists: 2, first: nil, second: nil),
      ] as [(lists: Int, first: Int?, second: Int?)])
    func leftovers(_ lists: Int, _ first: Int?, _ second: Int?) async throws {
      let configuration = try ScriptRunners.Configuration.testing(processes: 1, memory: 128 << 20, time: .seconds(10))
      try await withRunners(configuration) { runners in
        #expect(await ending(Self.filled(lists), runners, memory: first) == .value("\(lists)"))
        #expect(await ending(Self.wait + "return 'fine'", runners, memory: second) == .value("\"fine\""))
      }
    }

    @Test("the smallest memory is enough for a script that keeps nothing")
    func smallest() async throws {
      try await withRunners(try .testing(processes: 1, time: .seconds(5))) { runners in
        let script = "const end = Date.now() + 60; let t; while (Date.now() < end) t = String(Math.random()); return 1"
        #expect(await ending(script, runners, memory: 16 << 20) == .value("1"))
      }
    }

    @Test("a small memory is a limit also where the runner has more")
    func limited() async throws {
      try await withRunners(try .testing(processes: 1, time: .seconds(5))) { runners in
        #expect(await ending(Self.wait + Self.filled(20), runners, memory: 16 << 20) == .failure(.memory))
      }
    }
  }
}
