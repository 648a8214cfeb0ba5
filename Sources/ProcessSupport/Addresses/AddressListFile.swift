// A named list of addresses in a file of its own: one address or CIDR a line; `#` begins a comment.

package struct AddressListFile: Sendable, Equatable {
  package struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    package let description: String

    package init(description: String) { self.description = description }
  }

  package static let ending = ".txt"
  /// No sender publishes as many; what is longer is something else.
  package static let mostRanges = 10_000
  private static let mostBytes = 1 << 20

  package let ranges: [AddressRange]
  /// `2026-11-24` of a comment `# as of 2026-11-24`; nil without one.
  package let date: String?

  private static let dateMark = "# as of "

  /// - Throws: What is wrong, with its line. A list without an address is wrong too.
  package init(text: String) throws(Problem) {
    var ranges: [AddressRange] = []
    let dated = text.split(whereSeparator: \.isNewline).first { $0.hasPrefix(Self.dateMark) }
    for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
      let words = line.prefix { $0 != "#" }.split(whereSeparator: \.isWhitespace)
      guard let word = words.first else { continue }
      guard words.count == 1, let range = AddressRange(String(word)) else {
        throw Problem(description: "line \(index + 1): not one address or CIDR")
      }
      ranges.append(range)
    }
    try self.init(ranges, date: dated.map { String($0.dropFirst(Self.dateMark.count).prefix(10)) })
  }

  /// - Throws: Why nobody would mean this list.
  package init(_ ranges: [AddressRange], date: String? = nil) throws(Problem) {
    guard !ranges.isEmpty else { throw Problem(description: "it holds no address") }
    guard ranges.count <= Self.mostRanges else {
      throw Problem(description: "it holds \(ranges.count) ranges, more than \(Self.mostRanges)")
    }
    if let wide = ranges.first(where: { $0.prefixLength < ($0.first.family == .v4 ? 8 : 16) }) {
      throw Problem(description: "\(wide) is no sender's network, but a part of the whole internet")
    }
    self.ranges = ranges
    self.date = date
  }

  /// The file's text; `comments` are whole lines without `#`.
  package func text(comments: [String]) -> String {
    let head = comments.map { "# \($0)\n" } + [date.map { "\(Self.dateMark)\($0)\n" } ?? ""]
    return head.joined() + ranges.map { "\($0)\n" }.joined()
  }

  /// - Throws: Also when there is no such file.
  package static func read(_ path: String) throws(Problem) -> AddressListFile {
    let bytes: [UInt8]?
    do { bytes = try SmallFile.read(path, limit: mostBytes) } catch { throw Problem(description: error.message) }
    guard let bytes else { throw Problem(description: "is not a regular file") }
    guard let text = String(validating: bytes, as: UTF8.self) else { throw Problem(description: "is not UTF-8 text") }
    return try AddressListFile(text: text)
  }

  /// The names of the lists in a directory, sorted; nil when it cannot be read.
  package static func names(in directory: String) -> [String]? {
    SmallFile.names(in: directory)?.filter { $0.hasSuffix(ending) }.map { String($0.dropLast(ending.count)) }
      .filter(AddressEntry.isName).sorted()
  }

  package static func path(of name: String, in directory: String) -> String {
    (directory.hasSuffix("/") ? directory : directory + "/") + name + ending
  }
}
