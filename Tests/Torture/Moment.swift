// Time in four bytes: tenths of a millisecond since the run began, for five days.

struct Moment: Comparable, Sendable {
  let tenths: UInt32

  init(tenths: UInt32) {
    self.tenths = tenths
  }

  /// Seconds since the run began.
  init(seconds: Double) {
    tenths = UInt32(max(0, seconds * 10_000))
  }

  var seconds: Double { Double(tenths) / 10_000 }

  static func < (left: Moment, right: Moment) -> Bool { left.tenths < right.tenths }

  /// Seconds.
  static func - (left: Moment, right: Moment) -> Double { left.seconds - right.seconds }

  static func + (moment: Moment, seconds: Double) -> Moment { Moment(seconds: moment.seconds + seconds) }
}

/// The one clock of a run: what the target, the senders and the nemesis note can be compared.
struct RunClock: Sendable {
  private let start = ContinuousClock.now

  var now: Moment {
    let time = (ContinuousClock.now - start).components
    return Moment(tenths: UInt32(time.seconds * 10_000 + time.attoseconds / 100_000_000_000_000))
  }

  func sleep(until moment: Moment) async throws {
    try await Task.sleep(until: start + .microseconds(Int64(moment.tenths) * 100))
  }
}

extension Moment {
  /// For people, in seconds.
  var shown: String { "\((seconds * 100).rounded() / 100) s" }
}
