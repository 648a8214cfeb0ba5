// Everything that is wrong with the settings, told at once so that it can be mended at once.

package struct SettingsProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line each, in the order of the settings table.
  package let list: [String]
  /// `ExitCode.usage` when there is a flag among them that the program does not have.
  package let code: Int32

  package init(_ list: [String], code: Int32 = ExitCode.configuration) {
    self.list = list
    self.code = code
  }

  package var description: String { list.joined(separator: "\n") }
}
