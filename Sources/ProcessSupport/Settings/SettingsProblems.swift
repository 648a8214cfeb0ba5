// Everything that is wrong with the settings, told at once so that it can be mended at once.

package struct SettingsProblems: Error, Sendable, Equatable, CustomStringConvertible {
  /// One line each, in the order of the settings table.
  package let list: [String]

  package init(_ list: [String]) {
    self.list = list
  }

  package var description: String { list.joined(separator: "\n") }
}
