// How long executions of killed workers stood still: from the kill to the execution's next call.

struct Recovery: Sendable {
  /// Seconds.
  struct Times: Sendable {
    let sorted: [Double]

    init(_ times: [Double]) { sorted = times.sorted() }

    func percentile(_ share: Double) -> Double {
      sorted.isEmpty ? 0 : sorted[min(sorted.count - 1, Int(Double(sorted.count) * share))]
    }

    var longest: Double { sorted.last ?? 0 }
  }

  /// Redis has to be well for so long before others are taken for dead.
  private static let steadiness = 5.0

  /// Of all kills, as they were.
  let all: Times
  /// Of all kills, without the time in which Redis was away or stood still.
  let corrected: Times
  /// Of kills at times when nothing else held workers up.
  let undisturbed: Times

  /// Executions that were finished but for their settlement make no further call; those whose next worker was killed
  /// before it could go on have a time of that kill.
  init(_ evidence: Evidence) {
    var (all, corrected, undisturbed) = ([Double](), [Double](), [Double]())
    let kills = evidence.injections.filter { $0.fault == .killWorker }.sorted { $0.begin < $1.begin }
    let outages = evidence.injections.filter(\.isOutage)
    var later: [ExecutionKey: Moment] = [:]
    for kill in kills.reversed() {
      for key in kill.held {
        let next = evidence.calls(of: key).first { kill.end < $0.call.at }?.call.at
        if let next, later[key].map({ next < $0 }) ?? true {
          all.append(next - kill.begin)
          corrected.append(next - kill.begin - Self.time(of: outages, from: kill.begin, to: next))
          if !evidence.isDisturbed(from: kill.begin + -Self.steadiness, to: next, \.delaysRescue) {
            undisturbed.append(next - kill.begin)
          }
        }
        later[key] = kill.begin
      }
    }
    self.all = Times(all)
    self.corrected = Times(corrected)
    self.undisturbed = Times(undisturbed)
  }

  /// How much of the time from one moment to another they took; they never overlap, since there is one Redis.
  private static func time(of outages: [Injection], from begin: Moment, to end: Moment) -> Double {
    outages.reduce(0) { $0 + max(0, min($1.end, end) - max($1.begin, begin)) }
  }
}
