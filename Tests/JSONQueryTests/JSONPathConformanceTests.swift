// RFC 9535 as its own test suite understands it.

import JSONCodec
import JSONQuery
import TestSupport
import Testing

@Suite("JSONPath conformance", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct JSONPathConformanceTests {
  @Test("every case of the compliance test suite comes out as it says")
  func suite() throws {
    let cases = try JSON.parse(SharedData.bytes("jsonpath/cts.json"))["tests"]?.elements ?? []
    for example in cases {
      let name = example["name"]?.stringValue ?? ""
      let selector = try #require(example["selector"]?.stringValue)
      if example["invalid_selector"]?.boolValue == true {
        #expect(throws: QuerySyntaxError.self, "\(name)") { try JSONPath(selector) }
        continue
      }
      // Where the order of members leaves a choice there are several results.
      let results = example["results"]?.elements ?? [example["result"] ?? .null]
      let nodes = try JSONPath(selector).nodes(in: try #require(example["document"]))
      #expect(results.contains(.array(nodes)), "\(name): \(selector) finds \(JSON.array(nodes))")
    }
    print("JSONPath compliance test suite: \(cases.count) cases")
    #expect(cases.count >= 476)
  }
}
