// One line of the list of processes: enough to know the same process again, and not to take a stranger for it that has
// got its number since.

import Glibc

struct StartedProcess: Sendable, Equatable {
  /// As `up` calls it: redis, ingest, worker-1.
  let name: String
  let identifier: pid_t
  /// When it started, in clock ticks since the machine did.
  private let started: UInt64
  /// The first 15 bytes of its executable's name, as the kernel keeps it.
  private let program: String

  /// A process that runs now.
  init?(name: String, identifier: pid_t) {
    guard let (program, started, _) = Self.facts(identifier) else { return nil }
    self.name = name
    self.identifier = identifier
    self.started = started
    self.program = program
  }

  init?(line: some StringProtocol) {
    let words = line.split(separator: " ")
    guard words.count == 4, let identifier = pid_t(words[1]), identifier > 1, let started = UInt64(words[2]) else {
      return nil
    }
    name = String(words[0])
    self.identifier = identifier
    self.started = started
    program = String(words[3])
  }

  var line: String { "\(name) \(identifier) \(started) \(program)" }

  /// Whether it is still this very process.
  var isRunning: Bool {
    guard let (program, started, state) = Self.facts(identifier) else { return false }
    return program == self.program && started == self.started && state != "Z"
  }

  /// Asks it to end, and ends it after a while.
  func stop(within grace: Duration) async {
    guard isRunning else { return }
    kill(identifier, SIGTERM)
    let deadline = ContinuousClock.now + grace
    while isRunning, ContinuousClock.now < deadline { try? await Task.sleep(for: .milliseconds(20)) }
    if isRunning { kill(identifier, SIGKILL) }
    while isRunning { try? await Task.sleep(for: .milliseconds(5)) }
  }

  /// See proc(5): the name stands in parentheses and may hold anything, what follows it is separated by blanks.
  private static func facts(_ identifier: pid_t) -> (program: String, started: UInt64, state: String)? {
    guard let text = TextFile.small("/proc/\(identifier)/stat"), let open = text.firstIndex(of: "("),
      let close = text.lastIndex(of: ")")
    else { return nil }
    let fields = text[text.index(after: close)...].split(separator: " ")
    guard fields.count > 19, let started = UInt64(fields[19]) else { return nil }
    let program = text[text.index(after: open)..<close].map { $0.isWhitespace ? "_" : $0 }
    return (String(program), started, String(fields[0]))
  }
}
