// How often the log may tell of what repeats.

import ProcessSupport
import Testing

@Suite("What repeats in the log")
struct LogPaceTests {
  @Test("is told at once, and then once in an interval with the sum")
  func pace() {
    let start = ContinuousClock.now
    var pace = LogPace(.seconds(1))
    #expect(pace.due(at: start) == nil)
    #expect(pace.due(adding: 3, at: start) == 3)
    #expect(pace.due(adding: 4, at: start + .milliseconds(10)) == nil)
    #expect(pace.due(adding: 5, at: start + .milliseconds(990)) == nil)
    #expect(pace.due(at: start + .milliseconds(1000)) == 9)
    #expect(pace.due(at: start + .seconds(5)) == nil)
    #expect(pace.due(adding: 1, at: start + .seconds(6)) == 1)
  }
}
