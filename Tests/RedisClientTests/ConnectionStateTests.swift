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
    func lost(_ problem: String, now: NIODeadline, jitter: Double) -> ConnectionState.Retry? {
      state.lost(problem, now: now, jitter: jitter)
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

  @Test("waits 50 ms first, then twice as long each time, 2 s at most, and half of it at least")
  func backOff() {
    for (jitter, factor) in [(1.0, 1.0), (0.0, 0.5)] {
      let state = Machine()
      var delays: [Double] = []
      for _ in 0..<40 {
        #expect(state.connect())
        let retry = state.lost("refused", now: start, jitter: jitter)
        delays.append(Double(retry?.delay.nanoseconds ?? 0) / 1e6 / factor)
      }
      #expect(delays.prefix(7) == [50, 100, 200, 400, 800, 1600, 2000])
      #expect(delays.last == 2000)
    }
  }

  @Test("begins again with the shortest wait after it was ready, and says that it is back")
  func back() {
    let state = ready()
    #expect(state.lost("gone", now: start, jitter: 1)?.delay == .milliseconds(50))
    #expect(state.problem == "gone")
    #expect(state.connect())
    #expect(state.problem == "gone")
    #expect(state.connected())
    #expect(state.lost("LOADING", now: start, jitter: 1)?.delay == .milliseconds(100))
    #expect(state.connect())
    #expect(state.connected())
    #expect(state.greeted() == .back)
    #expect(state.problem == nil)
    #expect(state.lost("gone", now: start, jitter: 1)?.delay == .milliseconds(50))
  }

  @Test("logs one warning a second while it is away")
  func warnings() {
    let state = Machine()
    var warnings = 0
    for tick in 0..<50 {
      state.connect()
      let now = start + .milliseconds(Int64(tick) * 100)
      if state.lost("refused", now: now, jitter: 0)?.logsWarning == true { warnings += 1 }
    }
    #expect(warnings == 5)
  }

  @Test("does nothing more once it is closed, whatever arrives late")
  func closed() {
    let connecting = Machine()
    connecting.connect()
    connecting.close()
    #expect(!connecting.connected())
    let state = ready()
    state.close()
    #expect(state.lost("late", now: start, jitter: 1) == nil)
    #expect(!state.connect())
    #expect(state.greeted() == .ignored)
    #expect(state.phase == .closed)
  }
}
