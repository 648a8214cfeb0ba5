// Ctrl-C ends a benchmark.

import ArgumentParser
import ProcessSupport

enum Interruption {
  static func guarding(_ work: @escaping @Sendable () async throws -> Void) async throws {
    do {
      try await interruptibly(work)
    } catch is Interrupted {
      Output.progress("interrupted; everything that was started is stopped")
      throw ExitCode(Interrupted.exitCode)
    }
  }
}
