// The engine's own options, which it reads from the environment when it starts.

import Glibc

enum EngineOptions {
  /// Options of a small process that computes on one core: few threads, and a heap sized for its memory limit rather
  /// than for the machine's.
  private static let values = [
    "JSC_numberOfGCMarkers": "1",
    "JSC_useConcurrentGC": "0",
    "JSC_forceRAMSize": "134217728",
    // A call in tail position would hide its caller from the stack of an error.
    "JSC_useTailCalls": "0",
  ]

  static func apply() {
    for (name, value) in values { setenv(name, value, 1) }
    // Dates are in UTC wherever the worker runs.
    setenv("TZ", "UTC", 1)
  }
}
