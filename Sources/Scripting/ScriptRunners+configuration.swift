// How many runners there are, and what they allow.

extension ScriptRunners {
  package struct Configuration: Sendable {
    /// The path of `millrace-script`.
    package var executable: String
    package var processes: Int
    /// Bytes that a script may use, in addition to what an idle runner has.
    package var memory: Int
    /// Computing time of each script.
    package var time: Duration

    /// Bytes of one result.
    var result = 16 << 20
    /// Characters that a script may write with `console`.
    var console = 64 << 10
    /// Bytes that a script may be given, and those of its text.
    var input = 64 << 20
    /// Calls that may wait for a runner.
    var waiting = 10_000
    /// Scripts that a runner keeps compiled.
    var scripts = 500

    package init(executable: String, processes: Int, memory: Int = 128 << 20, time: Duration = .seconds(10)) {
      self.executable = executable
      self.processes = processes
      self.memory = memory
      self.time = time
    }

    /// Bytes: all results of a call, and a console whose every character is written as an escape.
    var longestReply: Int { 4 * result + 16 * console + (64 << 10) }
  }
}
