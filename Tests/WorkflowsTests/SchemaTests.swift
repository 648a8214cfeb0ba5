// The JSON Schema of workflow files says what the loader takes, no more and no less.
import JSONCodec
import Testing
import Workflows

@Suite("The schema of workflow files")
struct SchemaTests {
  private static let schema = WorkflowSchema.json(nodeTypes: TestNodes.all)

  private func names(_ object: JSON?) -> [String] { object?["properties"]?.members.map(\.key) ?? [] }

  @Test("It is a schema of draft 2020-12 with all node types")
  func shape() throws {
    #expect(Self.schema["$schema"] == "https://json-schema.org/draft/2020-12/schema")
    #expect(Self.schema["required"] == ["trigger"])
    let types = Self.schema["$defs"]?["node"]?["properties"]?["type"]?["enum"]?.elements.compactMap(\.stringValue)
    #expect(types == TestNodes.all.map(\.name))
    let request = Self.schema["$defs"]?["node-request"]
    #expect(names(request).contains("url") && names(request).contains("continueOnError"))
    #expect(request?["required"] == ["key", "type", "url"])
    #expect(try JSON.parse(Self.schema.text) == Self.schema)
  }

  @Test("Every reference in it leads somewhere")
  func references() {
    func check(_ value: JSON) {
      if let reference = value["$ref"]?.stringValue {
        let name = reference.dropFirst("#/$defs/".count)
        #expect(Self.schema["$defs"]?[String(name)] != nil, "\(reference)")
      }
      for element in value.elements { check(element) }
      for member in value.members { check(member.value) }
    }
    check(Self.schema)
  }

  @Test("The loader knows every setting in it")
  func noDrift() {
    func unknown(_ text: String) -> Bool {
      problems(text).contains { $0.contains("has no setting") || $0.contains("not supported") }
    }
    for name in names(Self.schema) where name != "trigger" {
      #expect(!unknown("trigger: {type: webhook}\n\(name): 1\n"), "\(name)")
    }
    let trigger = Self.schema["$defs"]?["trigger"]
    for name in names(trigger) where name != "type" { #expect(!unknown(workflow(trigger: "\(name): 1")), "\(name)") }
    for object in ["body", "response"] {
      for name in names(trigger?["properties"]?[object]) {
        #expect(!unknown(workflow(trigger: "\(object): {\(name): 1}")), "\(object).\(name)")
      }
    }
    for object in ["keep", "throttle", "retry"] {
      for name in names(Self.schema["properties"]?[object]) {
        #expect(!unknown("trigger: {type: webhook}\n\(object): {\(name): 1}\n"), "\(object).\(name)")
      }
    }
    for name in names(Self.schema["$defs"]?["node-map"]) where !["key", "type", "value"].contains(name) {
      #expect(!unknown(workflow(nodes: "  - {key: a, type: map, value: 1, \(name): 1}\n")), "\(name)")
    }
  }

  @Test("It has every setting that the loader knows")
  func complete() {
    func known(_ text: String) -> Set<String> {
      let message = problems(text).first { $0.contains("it knows") } ?? ""
      let list = message.split(separator: "it knows ").last ?? ""
      return Set(list.split(separator: ", ").map(String.init))
    }
    #expect(known("trigger: {type: webhook}\nqqqqqqqqq: 1\n") == Set(names(Self.schema)))
    #expect(known(workflow(trigger: "qqqqqqqqq: 1")) == Set(names(Self.schema["$defs"]?["trigger"])))
    #expect(
      known(workflow(nodes: "  - {key: a, type: map, value: 1, qqqqqqqqq: 1}\n"))
        == Set(names(Self.schema["$defs"]?["node-map"])))
  }
}
