// Ctrl-C cancels what a program does, which then stops everything that it has started on its way out.

import Dispatch
import Glibc

/// The work ended because a signal asked for it.
package struct Interrupted: Error {
  /// What a shell makes of a program that SIGINT has ended.
  package static let exitCode = 128 + SIGINT
}

/// Runs the work; SIGINT, SIGTERM and SIGHUP cancel it, and `Interrupted` is thrown when it fails after that.
package func interruptibly<Value: Sendable>(
  _ work: @escaping @Sendable () async throws -> Value
) async throws -> Value {
  _ = signal(SIGPIPE, SIG_IGN)
  let task = Task(operation: work)
  let sources = [SIGINT, SIGTERM, SIGHUP].map { number in
    _ = signal(number, SIG_IGN)
    let source = DispatchSource.makeSignalSource(signal: number)
    source.setEventHandler { task.cancel() }
    source.activate()
    return source
  }
  defer { for source in sources { source.cancel() } }
  do {
    return try await task.value
  } catch  where task.isCancelled {
    throw Interrupted()
  }
}
