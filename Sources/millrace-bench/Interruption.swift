// Ctrl-C cancels the benchmark, which then stops everything that it has started on its way out.

import ArgumentParser
import Dispatch
import Glibc

enum Interruption {
  /// Runs the work; SIGINT, SIGTERM and SIGHUP cancel it.
  static func guarding(_ work: @escaping @Sendable () async throws -> Void) async throws {
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
      try await task.value
    } catch  where task.isCancelled {
      Output.progress("interrupted; everything that was started is stopped")
      throw ExitCode(128 + SIGINT)
    }
  }
}
