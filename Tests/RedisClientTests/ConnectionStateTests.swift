// The decisions of a connection, without socket and clock.

import NIOCore
import Testing

@testable import RedisClient

@Suite("The state of a connection")
struct ConnectionStateTests {
  private let start = NIODeadline.uptimeNanoseconds(1_000_000_000_000)

  /// The machine behind a reference, because expectations cannot call what mutates a value.
  private final class Machine {
    private var state = ConnectionState()
    var phase: ConnectionState.Phase { state.phase }
    var problem: String? { state.problem }
    @discardableResult func connect() -> Bool { state.connect() }
    func connected() -> Bool { state.connected() }
    func greeted() -> ConnectionState.Readiness { state.greeted() }
    func close() { state.close() }
    func lost(_ problem: String, jitter: Double, after time: TimeAmount = .zero) -> TimeAmount? {
      state.lost(problem, jitter: jitter, after: time)
    }
  }

  private func ready() -> Machine {
    let state = Machine()
    #expect(state.connect())
    #expect(state.connected())
    #expect(state.greeted() == .first)
    return state
  }

  @Test("goes from idle over connecting and greeting to ready, each once")
  func way() {
    let state = ready()
    #expect(state.phase == .ready && state.problem == nil)
    #expect(!state.connect())
    #expect(!state.connected())
    #expect(state.greeted() == .ignored)
  }

  @Test("waits 50 ms first, then twice as long each time, 1 s at most, and half of it at least")
  func backOff() {
    for (jitter, factor) in [(1.0, 1.0), (0.0, 0.5)] {
      let state = Machine()
      var delays: [Double] = []
      for _ in 0..<40 {
        #expect(state.connect())
        let retry = state.lost("refused", jitter: jitter)
        delays.append(Double(retry?.nanoseconds ?? 0) / 1e6 / factor)
      }
      #expect(delays.prefix(7) == [50, 100, 200, 400, 800, 1000, 1000])
      #expect(delays.last == 1000)
    }
  }

  @Test("counts the time of an attempt as part of the wait after it")
  func slowAttempts() {
    let state = Machine()
    for (time, wait) in [(20, 30), (100, 0), (150, 50), (2_000, 0), (300, 500)] as [(Int64, Int64)] {
      #expect(state.connect())
      #expect(state.lost("no answer", jitter: 1, after: .milliseconds(time)) == .milliseconds(wait))
    }
  }

  @Test("waits longer and longer for a server that hangs up at once, until a connection lasts for a second")
  func storm() {
    let state = Machine()
    for (time, wait) in [(5, 50), (5, 100), (999, 200), (1_000, 50), (5, 100)] as [(Int64, Int64)] {
      #expect(state.connect())
      #expect(state.connected())
      #expect(state.greeted() != .ignored)
      #expect(state.lost("READONLY", jitter: 1, after: .milliseconds(time)) == .milliseconds(wait))
    }
  }

  @Test("begins again with the shortest wait after it was ready, and says that it is back")
  func back() {
    let state = ready()
    #expect(state.lost("gone", jitter: 1, after: .seconds(5)) == .milliseconds(50))
    #expect(state.problem == "gone")
    #expect(state.connect())
    #expect(state.problem == "gone")
    #expect(state.connected())
    #expect(state.lost("LOADING", jitter: 1) == .milliseconds(100))
    #expect(state.connect())
    #expect(state.connected())
    #expect(state.greeted() == .back)
    #expect(state.problem == nil)
    #expect(state.lost("gone", jitter: 1, after: .seconds(5)) == .milliseconds(50))
  }

  @Test("of all connections of a process one line tells of an outage, then one in ten seconds, and one of the return")
  func warnings() {
    let log = OutageLog()
    var lines = 0
    for tick in 0..<300 {
      let now = start + .milliseconds(Int64(tick) * 100)
      for _ in 0..<4 where log.warns(of: "here", at: now) { lines += 1 }
    }
    #expect(lines == 3)
    #expect(log.warns(of: "there", at: start))
    let back = start + .seconds(30)
    #expect([1, 2, 3, 4].count { _ in log.tells(ofReturnTo: "here", at: back) } == 1)
    #expect(!log.warns(of: "here", at: back + .milliseconds(500)))
    #expect(log.warns(of: "here", at: back + .seconds(1)))
  }

  @Test("does nothing more once it is closed, whatever arrives late")
  func closed() {
    let connecting = Machine()
    connecting.connect()
    connecting.close()
    #expect(!connecting.connected())
    let state = ready()
    state.close()
    #expect(state.lost("late", jitter: 1) == nil)
    #expect(!state.connect())
    #expect(state.greeted() == .ignored)
    #expect(state.phase == .closed)
  }
}
