// Redis's many errors as the queue's few.

import RedisClient

extension QueueError {
  package init(redis error: any Error) {
    switch error {
    case let error as QueueError: self = error
    case let error as RedisError: self.init(Self.kind(of: error), "Redis: \(error)")
    default: self.init(.unavailable, "Redis: \(error)")
    }
  }

  private static func kind(of error: RedisError) -> Kind {
    switch error.kind {
    case .outOfMemory: .full
    case .authentication, .readOnly, .misconfigured: .refused
    case .protocolViolation, .wrongType: .corrupt
    default: .unavailable
    }
  }
}
