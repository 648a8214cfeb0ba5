// JSON Schema as its own test suite understands it.

import JSONCodec
import JSONValidation
import TestSupport
import Testing

@Suite("JSON Schema conformance", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct JSONSchemaConformanceTests {
  /// The cases of the suite that do not come out as it says, each with the reason. There is none.
  static let exceptions: [String: String] = [:]

  private static let cases = 626

  @Test(
    "every case of the suite for draft 7 comes out as it says, but for those listed",
    arguments: [JSONSchemaDraft.draft7, nil])
  func suite(draft: JSONSchemaDraft?) throws {
    var count = 0
    var failed: Set<String> = []
    for file in SharedData.files(in: "json-schema", ending: ".json") {
      for group in try JSON.parse(SharedData.bytes(file)).elements {
        for example in group["tests"]?.elements ?? [] {
          count += 1
          if try !comesOut(example, of: group, draft: draft) { failed.insert(Self.name(example, of: group, in: file)) }
        }
      }
    }
    print("JSON Schema test suite, draft 7: \(count - failed.count) of \(count) cases pass")
    #expect(failed == Set(Self.exceptions.keys))
    #expect(count >= Self.cases)
  }

  private func comesOut(_ example: JSON, of group: JSON, draft: JSONSchemaDraft?) throws -> Bool {
    let instance = try #require(example["data"])
    guard let schema = try? JSONSchema(try #require(group["schema"]), draft: draft) else { return false }
    return schema.failures(of: instance).isEmpty == example["valid"]?.boolValue
  }

  private static func name(_ example: JSON, of group: JSON, in file: String) -> String {
    let parts = [group["description"], example["description"]].map { $0?.stringValue ?? "" }
    return "\(file): \(parts.joined(separator: ": "))"
  }
}
