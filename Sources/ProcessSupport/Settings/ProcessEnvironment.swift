// The one place that reads the process environment.

@preconcurrency import Glibc

package enum ProcessEnvironment {
  /// Read at start, before anything could change it. Variables that are not UTF-8 are repaired as String does.
  package static func all() -> [String: String] {
    var variables: [String: String] = [:]
    var pointer = environ
    while let entry = pointer.pointee {
      let parts = String(cString: entry).split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
      if parts.count == 2 { variables[String(parts[0])] = String(parts[1]) }
      pointer += 1
    }
    return variables
  }
}
