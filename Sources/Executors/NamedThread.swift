// A POSIX thread with a name that shows in `top -H` and debuggers, and without the process's signals.

import CLinux
import Glibc

enum NamedThread {
  /// Starts a thread that runs `body` once. The kernel keeps 15 bytes of the name.
  static func start(_ name: String, _ body: @escaping @Sendable () -> Void) -> pthread_t {
    let start = Unmanaged.passRetained(ThreadStart(name: name, body: body))
    var thread = pthread_t()
    // Released by `runThread`, or right here when there will be no thread.
    let code = pthread_create(&thread, nil, runThread, start.toOpaque())
    if code != 0 { start.release() }
    precondition(code == 0, "cannot start the thread \(name): \(String(cString: strerror(code)))")
    return thread
  }
}

private final class ThreadStart: Sendable {
  let name: String
  let body: @Sendable () -> Void

  init(name: String, body: @escaping @Sendable () -> Void) {
    self.name = name
    self.body = body
  }
}

private func runThread(_ context: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
  guard let context else { return nil }
  let start = Unmanaged<ThreadStart>.fromOpaque(context).takeRetainedValue()
  blockSignals()
  millrace_name_thread(String(decoding: start.name.utf8.prefix(15), as: UTF8.self))
  start.body()
  return nil
}

/// Signals belong to the main thread's handlers; a write to a closed socket (SIGPIPE) must be an error, not the end.
/// What the processor itself reports stays, so that crashes are still told.
private func blockSignals() {
  var signals = sigset_t()
  sigfillset(&signals)
  for crash in [SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGTRAP, SIGABRT] { sigdelset(&signals, crash) }
  pthread_sigmask(SIG_BLOCK, &signals, nil)
}
