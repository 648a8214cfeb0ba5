// How a program ends, so that scripts and service managers can tell a mistake from a failure (after sysexits.h).

package enum ExitCode {
  package static let success: Int32 = 0
  /// The work itself failed.
  package static let failure: Int32 = 1
  /// The command line makes no sense.
  package static let usage: Int32 = 64
  /// What was given to read is malformed, such as a workflow file.
  package static let badData: Int32 = 65
  /// A file or directory to read is missing.
  package static let noInput: Int32 = 66
  /// Something that is needed does not answer, such as Redis.
  package static let unavailable: Int32 = 69
  /// It may work when tried again.
  package static let temporary: Int32 = 75
  /// The settings are wrong; the same settings will fail again.
  package static let configuration: Int32 = 78
}
