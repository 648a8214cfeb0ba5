// Files that a workflow file names, such as the code of a script: read beside it when it is applied, and stored with its
// definition, so that every process has them.

import JSONCodec

/// Why a named file cannot be read, in words that follow "its file …".
package struct NamedFileProblem: Error {
  package let message: String

  package init(_ message: String) {
    self.message = message
  }
}

/// The text of the file at a path, which begins with the folder of the workflow file.
package typealias NamedFileReader = (_ path: String) -> Result<String, NamedFileProblem>

struct NamedFiles {
  static let largest = 1 << 20
  static let member = "files"

  private let read: (String) -> Result<String, NamedFileProblem>
  /// In the order in which they were asked for.
  private var texts: [(name: String, text: String)] = []

  init(besides file: String, _ reader: @escaping NamedFileReader) {
    let folder = file.lastIndex(of: "/").map { String(file[...$0]) } ?? ""
    read = { reader(folder + $0) }
  }

  init(storedIn definition: JSON) {
    let files = definition[Self.member]
    read = { name in
      files?[name]?.stringValue.map { .success($0) } ?? .failure(NamedFileProblem("was not stored"))
    }
  }

  mutating func text(of name: String) -> Result<String, NamedFileProblem> {
    if let known = texts.first(where: { $0.name == name }) { return .success(known.text) }
    guard Self.isInside(name) else {
      return .failure(NamedFileProblem("must lie beside the workflow file or in a folder there: a relative path"))
    }
    let result = read(name)
    if case .success(let text) = result {
      guard text.utf8.count <= Self.largest else { return .failure(NamedFileProblem("is larger than 1MB")) }
      texts.append((name, text))
    }
    return result
  }

  /// A member of the stored definition.
  var stored: (String, JSON)? {
    texts.isEmpty ? nil : (Self.member, .object(JSONObject(texts.map { ($0.name, .string($0.text)) })))
  }

  private static func isInside(_ name: String) -> Bool {
    let parts = name.split(separator: "/", omittingEmptySubsequences: false)
    return name.utf8.count <= 255 && parts.allSatisfy { !$0.isEmpty && !$0.hasPrefix(".") }
  }
}
