// The request that `run` and `send` make up: what curl's flags of the same names mean.

import ArgumentParser
import JSONCodec
import ProcessSupport

struct RequestOptions: ParsableArguments {
  @Option(
    help: ArgumentHelp(
      "The body: a text, @file, or - for standard input.",
      discussion: "JSON is sent as application/json unless a header says otherwise.", valueName: "data"))
  var data: String?

  @Option(
    name: .customLong("header"),
    help: ArgumentHelp("A header; may be repeated.", valueName: "name: value"))
  var headers: [String] = []

  @Option(help: "The method; by default POST.")
  var method: String?

  @Option(help: ArgumentHelp("The query string, without its question mark.", valueName: "a=1&b=2"))
  var query: String?

  func validate() throws {
    for header in headers where Self.pair(header) == nil {
      throw ValidationError("--header '\(header)': write 'Name: value'")
    }
    if let method, method.isEmpty || !method.utf8.allSatisfy({ (65...90).contains($0 & 0xDF) }) {
      throw ValidationError("--method '\(method)': not a method")
    }
  }

  /// The headers in the order given, with a content type that fits the body when none is among them.
  func headers(for body: [UInt8]) -> [(name: String, value: String)] {
    let given = headers.compactMap(Self.pair)
    guard !body.isEmpty, !given.contains(where: { $0.name.lowercased() == "content-type" }),
      (try? JSON.parse(body)) != nil
    else { return given }
    return given + [("Content-Type", "application/json")]
  }

  func body() throws(CommandFailure) -> [UInt8] {
    try data.map(Self.bytes) ?? []
  }

  /// A text, @file, or - for standard input.
  static func bytes(_ data: String) throws(CommandFailure) -> [UInt8] {
    if data == "-" || data == "@-" { return try TextFile.standardInput() }
    return data.hasPrefix("@") ? try TextFile.bytes(of: String(data.dropFirst())) : Array(data.utf8)
  }

  private static func pair(_ text: String) -> (name: String, value: String)? {
    guard let colon = text.firstIndex(of: ":"), colon > text.startIndex else { return nil }
    let name = text[..<colon]
    let value = text[text.index(after: colon)...].drop { $0 == " " }
    let isPlain = name.utf8.allSatisfy { $0 > 32 && $0 < 127 } && !text.utf8.contains { $0 < 32 && $0 != 9 }
    return isPlain ? (String(name), String(value)) : nil
  }
}
