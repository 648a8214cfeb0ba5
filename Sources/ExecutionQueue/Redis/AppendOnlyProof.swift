// Whether the append-only file that Redis speaks of is there: between its being switched on and the end of the first
// rewrite there is none yet.

/// Redis says `aof_enabled:1` from the moment on at which the file is switched on while it runs, but a restart before the
/// first rewrite has ended finds nothing. Pure: one for as long as somebody looks, told of each look.
struct AppendOnlyProof {
  /// Redis's number for its process; nil where it does not tell.
  private var process: String? = ""
  private(set) var isFileBeingMade = false

  mutating func look(at facts: RedisFacts) {
    let isOtherProcess = facts["run_id"] != process
    process = facts["run_id"]
    let isRewriting = facts["aof_rewrite_in_progress"] == "1" || facts["aof_rewrite_scheduled"] == "1"
    // As long as there is no file Redis rewrites, or plans to: a rewrite that failed is planned again.
    let isWhole = !isRewriting
    if facts["aof_enabled"] == "0" {
      isFileBeingMade = true
    } else if isOtherProcess {
      // A process that began with a file knows the size of its base, so that an ordinary restart is not held up; the
      // first rewrite of one that began empty is taken for the making of the file.
      isFileBeingMade = !isWhole && facts["aof_base_size"] == "0"
    } else if isWhole {
      isFileBeingMade = false
    }
  }
}
