// What the log says of a Redis that is away: one process has several connections to it, which lose it together.

import NIOCore
import Synchronization

/// Of all connections of the process together: one line at once, then one in ten seconds, and one at the return.
final class OutageLog: Sendable {
  private struct Outage {
    var isOver: Bool
    var nextLine: NIODeadline
  }

  static let shared = OutageLog()

  private static let pause = TimeAmount.seconds(10)
  /// Between the return and the next outage.
  private static let rest = TimeAmount.seconds(1)

  private let outages = Mutex<[String: Outage]>([:])

  /// Whether to say that it is away.
  func warns(of place: String, at now: NIODeadline) -> Bool {
    outages.withLock { outages in
      if let outage = outages[place], now < outage.nextLine {
        outages[place]?.isOver = false
        return false
      }
      outages[place] = Outage(isOver: false, nextLine: now + Self.pause)
      return true
    }
  }

  /// Whether to say that it is back.
  func tells(ofReturnTo place: String, at now: NIODeadline) -> Bool {
    outages.withLock { outages in
      guard let outage = outages[place], !outage.isOver else { return false }
      outages[place] = Outage(isOver: true, nextLine: now + Self.rest)
      return true
    }
  }
}
