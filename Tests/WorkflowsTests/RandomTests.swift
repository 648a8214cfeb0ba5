// Random text never crashes a parser, and what can be checked of the outcome holds. A run is repeated by setting
// MILLRACE_TEST_SEED to the seed that it printed.
import Foundation
import JSONCodec
import TestSupport
import Testing
import Workflows

@Suite("Random input")
struct RandomTests {
  private func mixed(_ pieces: [String], _ generator: inout SeededGenerator, upTo count: Int) -> String {
    (0..<Int.random(in: 0...count, using: &generator)).map { _ in pieces.randomElement(using: &generator) ?? "" }
      .joined()
  }

  private func seed() -> UInt64 {
    let chosen = ProcessInfo.processInfo.environment["MILLRACE_TEST_SEED"].flatMap { UInt64($0) }
    let seed = chosen ?? UInt64.random(in: .min ... .max)
    print("seed \(seed)")
    return seed
  }

  @Test("Templates")
  func templates() {
    var generator = SeededGenerator(seed: seed())
    let pieces = [
      "{", "{{", "}}", "}", "$", "$context", ".data", ".", "[", "]", "[0]", "\"", "'", "\\", ":", " ", "a", "é", "😀",
      "$nodes.a", "$env.A", "{{$context.data.x", "\n", "-", "1",
    ]
    let scope = TestScope(data: ["x": [1, ["x": "y"]], "a": "b"], [.node("a"): 1])
    for _ in 0..<5000 {
      let text = mixed(pieces, &generator, upTo: 12)
      guard let template = try? Template(parsing: .string(text)) else { continue }
      #expect(throws: Never.self) { try template.evaluate(scope) }
      if !text.contains("{{") { #expect(template.literalValue?.stringValue == text) }
    }
  }

  @Test("Workflow files")
  func files() {
    var generator = SeededGenerator(seed: seed())
    let pieces = [
      "key: ", "trigger: ", "{type: webhook}", "nodes:", "\n", "  ", "- ", "a", ": ", "[", "]", "{", "}", "&a ", "*a",
      "<<: ", "\"", "'", "|", ">", "!!str ", "1", "#", "{{$context.data}}", "when: ", "[1, equal, 1]", "all: ", ", ",
      "type: map", "value: ", "\t", "?", "---", "é", "\r\n",
    ]
    for _ in 0..<2000 {
      let text = mixed(pieces, &generator, upTo: 20)
      for line in problems(text) { #expect(line.hasPrefix("a.yaml:")) }
    }
  }

  @Test("Forms and queries")
  func forms() {
    var generator = SeededGenerator(seed: seed())
    let pieces = ["a", "b", "[", "]", "[]", "[0]", "[x]", "=", "&", "%", "%20", "%C3%A9", "%FF", "+", "1", "é", ";"]
    for _ in 0..<5000 {
      let text = mixed(pieces, &generator, upTo: 16)
      if let form = try? QueryString.parse(text) { #expect(form.kind == .object) }
      _ = try? request(Array(text.utf8), type: nil).data()
    }
  }

  @Test("Multipart forms")
  func multipart() {
    var generator = SeededGenerator(seed: seed())
    let pieces = [
      "--X", "--X--", "\r\n", "\n", "\r", "\r\n\r\n", "Content-Disposition: form-data; name=\"a\"", "; filename=\"f\"",
      "Content-Type: text/plain", ":", " ", "-", "--", "X", "value", "\"", "\\", "; filename*=UTF-8''%41", "é",
    ]
    for _ in 0..<10_000 {
      let text = mixed(pieces, &generator, upTo: 20)
      let body = Array(text.utf8)
      let type = "multipart/form-data; boundary=X"
      let checked = (try? WebhookRequest.checkBody(body, contentType: type, kind: .auto)) != nil
      let parsed = (try? request(body, type: type).data()) != nil
      #expect(checked == parsed)
    }
  }

  @Test("Random bytes as bodies and envelopes")
  func bytes() {
    var generator = SeededGenerator(seed: seed())
    for _ in 0..<3000 {
      let bytes = (0..<Int.random(in: 0...60, using: &generator)).map { _ in
        UInt8.random(in: .min ... .max, using: &generator)
      }
      for type in [
        nil, "application/json", "text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=a",
      ] {
        _ = try? request(bytes, type: type).data()
      }
      _ = try? WebhookRequest(decoding: [1, 0, 0, 0] + bytes)
      _ = try? PathPattern(parsing: "/" + String(decoding: bytes, as: UTF8.self))
    }
  }
}
