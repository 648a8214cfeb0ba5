// SIGHUP makes ingest read its certificate again at once.

import IngestService
import ServiceLifecycle
import UnixSignals

struct HangupReload: Service {
  let tls: TLSContexts

  func run() async throws {
    // From here on the signal no longer ends the process.
    let hangups = await UnixSignalsSequence(trapping: .sighup)
    for await _ in hangups.cancelOnGracefulShutdown() { tls.reload() }
  }
}
