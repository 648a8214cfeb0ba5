// millrace-script: runs the JavaScript of script nodes and expressions, one request at a time, over the socket that
// its parent left as descriptor 0. It locks itself down before it takes the first request.

import CScriptRunner
import Glibc

@main
enum ScriptProgram {
  static func main() {
    let arguments = CommandLine.arguments.dropFirst()
    switch arguments.first {
    case nil: serve()
    case "--probe-lockdown" where arguments.count == 1: probe()
    case "--version": print("millrace-script \(Build.version)")
    case "--help": print("millrace-script: runs JavaScript for millrace-worker, which starts it")
    default: fail("takes no arguments; millrace-worker starts it", code: usage)
    }
  }

  /// As of every program of Millrace, when its command line makes no sense.
  private static let usage: Int32 = 64

  private static func serve() {
    var status = stat()
    guard fstat(STDIN_FILENO, &status) == 0, status.st_mode & S_IFMT == S_IFSOCK else {
      fail("is started by millrace-worker, with a socket as its standard input", code: usage)
    }
    do {
      let runner = try warmRunner()
      guard script_end_with_peer(STDIN_FILENO), script_lock_down() else { fail("cannot lock itself down") }
      try runner.run()
    } catch {
      fail("\(error)")
    }
  }

  /// Everything that opens files or starts threads happens here, before the lock-down.
  private static func warmRunner() throws(ProtocolError) -> RequestLoop {
    guard script_prepare() else { fail("cannot prepare its lock-down: \(String(cString: strerror(errno)))") }
    EngineOptions.apply()
    guard script_warm_up() else { fail("has no digests or no domain names: libcrypto or ICU is incomplete") }
    let loop = RequestLoop(engine: Engine(), channel: Channel(descriptor: STDIN_FILENO))
    try loop.warmUp()
    return loop
  }

  /// For a test of the lock-down: exits with 1 if anything that must be refused succeeds.
  private static func probe() {
    do {
      _ = try warmRunner()
    } catch {
      fail("\(error)")
    }
    guard script_lock_down() else { fail("cannot lock itself down") }
    exit(script_probe_lock_down() == 0 ? 0 : 1)
  }
}

/// Ends the process with one line on standard error.
func fail(_ message: String, code: Int32 = 70) -> Never {
  let line = "millrace-script: \(message)\n"
  _ = line.withCString { write(STDERR_FILENO, $0, strlen($0)) }
  exit(code)
}
