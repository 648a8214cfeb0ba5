// What workflows read as $env: variables named for it, and a directory of secrets as Docker and Kubernetes mount them.
// Nothing else of the process environment is visible to a workflow.

import Glibc

enum WorkflowEnvironment {
  static let prefix = Settings.prefix + "ENV_"
  static let largestFile = 1 << 20

  /// Takes all MILLRACE_* variables; one of them wins over a file of the same name.
  static func read(
    variables: [String: String], directory: String?, problems: inout [String], warnings: inout [String]
  ) -> [String: String] {
    var values = directory.map { files(in: $0, problems: &problems) } ?? [:]
    for (variable, value) in variables.sorted(by: { $0.key < $1.key }) where variable.hasPrefix(prefix) {
      let name = String(variable.dropFirst(prefix.count))
      guard !name.isEmpty else {
        warnings.append("\(variable) names nothing and has no effect; write \(variable)NAME")
        continue
      }
      if values.updateValue(value, forKey: name) != nil {
        warnings.append("\(variable) is used instead of the file \(name) in MILLRACE_SECRETS_DIR")
      }
    }
    return values
  }

  private static func files(in directory: String, problems: inout [String]) -> [String: String] {
    guard let names = SmallFile.names(in: directory) else {
      problems.append("MILLRACE_SECRETS_DIR: cannot read the directory '\(directory)': \(lastSystemError())")
      return [:]
    }
    var values: [String: String] = [:]
    for name in names.sorted() where !name.hasPrefix(".") {
      do throws(FileProblem) {
        // Directories among the secrets are not secrets.
        guard let bytes = try SmallFile.read("\(directory)/\(name)", limit: largestFile) else { continue }
        guard let text = String(validating: bytes, as: UTF8.self) else { throw FileProblem("not UTF-8 text") }
        values[name] = withoutLineEnd(text)
      } catch {
        problems.append("MILLRACE_SECRETS_DIR: file '\(name)': \(error.message)")
      }
    }
    return values
  }

  private static func withoutLineEnd(_ text: String) -> String {
    // "\r\n" is one Character, so both line ends are one step.
    text.last == "\n" || text.last == "\r\n" ? String(text.dropLast()) : text
  }
}
