// What is wrong with the `verify` settings of a workflow.

package struct VerifierProblem: Error, Sendable, Equatable, CustomStringConvertible {
  /// The setting that is wrong; nil where the provider itself is, or its settings as a whole.
  package let setting: String?
  /// One sentence without a value, which may be a secret.
  package let message: String

  package init(setting: String?, _ message: String) {
    self.setting = setting
    self.message = message
  }

  package var description: String { message }
}
