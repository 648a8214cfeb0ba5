// Items of one turn, one call.

import NIOCore
import NIOEmbedded
import RedisClient
import Testing

@testable import ExecutionQueue

@Suite("The turn batcher")
struct TurnBatcherTests {
  final class Fixture {
    let loop = EmbeddedEventLoop()
    var calls: [[Int]] = []
    var results: [String] = []
    var answer: ([Int]) throws -> [String] = { $0.map { "<\($0)>" } }
    private(set) var batcher: TurnBatcher<Int, String>!

    init(limit: Int) {
      batcher = TurnBatcher(eventLoop: loop, limit: limit) { [unowned self] items in
        calls.append(items)
        return loop.makeCompletedFuture(Result { try answer(items) })
      }
    }

    func submit(_ items: ClosedRange<Int>) {
      for item in items {
        batcher.submit(item).assumeIsolated().whenComplete { [unowned self] result in
          switch result {
          case .success(let text): results.append(text)
          case .failure(let error): results.append("\(item)!\((error as? RedisError)?.kind ?? .server)")
          }
        }
      }
    }
  }

  @Test("hands the items of one turn over in one call, in order")
  func oneCall() {
    let fixture = Fixture(limit: 10)
    fixture.submit(1...3)
    #expect(fixture.calls.isEmpty)
    fixture.loop.run()
    #expect(fixture.calls == [[1, 2, 3]])
    #expect(fixture.results == ["<1>", "<2>", "<3>"])
    fixture.loop.run()
    fixture.submit(4...4)
    fixture.loop.run()
    #expect(fixture.calls == [[1, 2, 3], [4]])
  }

  @Test("cuts a turn into calls of the limit")
  func limit() {
    let fixture = Fixture(limit: 4)
    fixture.submit(1...10)
    fixture.loop.run()
    #expect(fixture.calls == [[1, 2, 3, 4], [5, 6, 7, 8], [9, 10]])
    #expect(fixture.results == (1...10).map { "<\($0)>" })
  }

  @Test("fails the items of a failed call, and no others")
  func failure() {
    let fixture = Fixture(limit: 2)
    fixture.answer = { items in
      if items.contains(3) { throw RedisError(kind: .outOfMemory, message: "full") }
      return items.map { "<\($0)>" }
    }
    fixture.submit(1...5)
    fixture.loop.run()
    #expect(fixture.results == ["<1>", "<2>", "3!outOfMemory", "4!outOfMemory", "<5>"])
  }

  @Test("fails a call whose outputs do not match its items in number")
  func mismatch() {
    let fixture = Fixture(limit: 10)
    fixture.answer = { _ in ["only one"] }
    fixture.submit(1...2)
    fixture.loop.run()
    #expect(fixture.results == ["1!protocolViolation", "2!protocolViolation"])
  }

  @Test("puts items submitted from a callback into a call of their own")
  func reentrancy() {
    let fixture = Fixture(limit: 10)
    fixture.batcher.submit(1).assumeIsolated().whenSuccess { _ in fixture.submit(2...2) }
    fixture.loop.run()
    #expect(fixture.calls == [[1], [2]])
  }
}
