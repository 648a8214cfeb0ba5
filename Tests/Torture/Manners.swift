// How the target treats a call: mostly well, sometimes slowly, and badly where the workflow tries again. A few calls
// last longer than a worker's grace when that is short, see `Member`.

struct Manners: Sendable {
  enum Answer: Sendable, Equatable {
    case serial
    case status(Int, retryAfter: Int?)
    case close
  }

  let delay: Double
  let answer: Answer

  /// A node is failed five times at most, so that its tries do not run out.
  private static let mostFailures = 5

  init(seed: UInt64, _ call: Call, serial: Int, failures: Int) {
    var chance = Chance(seed: seed, UInt64(serial))
    switch call.workflow {
    case .limited: delay = chance.seconds(0.1...0.3)
    default: delay = Self.delay(&chance)
    }
    guard call.workflow == .retried, failures < Self.mostFailures, chance.happens(50) else {
      answer = .serial
      return
    }
    answer =
      switch chance.number(0...4) {
      case 0: .close
      case 1: .status(503, retryAfter: 1)
      case 2: .status(429, retryAfter: 1)
      case 3: .status(503, retryAfter: nil)
      default: .status(500, retryAfter: nil)
      }
  }

  private static func delay(_ chance: inout Chance) -> Double {
    switch chance.number(1...100) {
    case ...3: chance.seconds(0.3...1)
    case ...18: chance.seconds(0...0.3)
    default: chance.seconds(0...0.01)
    }
  }
}
