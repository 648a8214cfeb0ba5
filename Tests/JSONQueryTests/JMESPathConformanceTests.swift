// JMESPath as its own test suite understands it.

import JSONCodec
import JSONQuery
import TestSupport
import Testing

@Suite("JMESPath conformance", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct JMESPathConformanceTests {
  @Test("every case of the compliance test suite comes out as it says")
  func suite() throws {
    var count = 0
    for file in SharedData.files(in: "jmespath", ending: ".json") {
      for group in try JSON.parse(SharedData.bytes(file)).elements {
        let given = try #require(group["given"])
        for example in group["cases"]?.elements ?? [] {
          try check(example, given: given, in: file)
          count += 1
        }
      }
    }
    print("JMESPath compliance test suite: \(count) cases")
    #expect(count >= 603)
  }

  private func check(_ example: JSON, given: JSON, in file: String) throws {
    let expression = try #require(example["expression"]?.stringValue)
    switch example["error"]?.stringValue {
    case nil:
      let value = try JMESPath(expression).value(in: given)
      #expect(value == example["result"], "\(file): \(expression)")
    case "invalid-type":
      #expect(throws: QueryError.self, "\(file): \(expression)") { try JMESPath(expression).value(in: given) }
    default:
      #expect(throws: QuerySyntaxError.self, "\(file): \(expression)") { try JMESPath(expression) }
    }
  }
}
