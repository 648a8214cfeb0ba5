// What authors of workflows write: a mistake must come back as a message.

import JSONCodec
import WebhookChecks
import WorkflowEngine
import Workflows

extension FuzzTarget {
  static let template = FuzzTarget(
    name: "template",
    seeds: [
      "{{$context.data.items[0].id}}", "a {{ $env.NAME : \"x\" }} \\{{ {{$nodes.one.output[\"odd key\"].b}}",
      "{{$system.now}}{{$variables.total:0}}{{$scopes.each.item}}", "{{$context.data.items.price}}",
    ]
  ) { bytes in
    let text = bytes.text
    guard let template = try? Template(parsing: ["a": .string(text), text: [.string(text)]]) else { return }
    let scope = FixedScope()
    _ = try? template.text(scope)
    guard let value = try? template.evaluate(scope) else { return }
    demand((try? JSON.parse(value.bytes)) == value, "not the same value")
  }

  /// A path, and two patterns.
  static let path = FuzzTarget(
    name: "path",
    seeds: ["/shops/a%20b/orders\u{1E}/shops/:shop/orders\u{1E}/shops/*rest", "/a/\u{1E}/a\u{1E}/:b"]
  ) { bytes in
    let parts = bytes.parts(3).map(\.text)
    let patterns = parts.dropFirst().compactMap { try? PathPattern(parsing: $0) }
    let matches = patterns.map { $0.match(parts[0]) }
    for (pattern, match) in zip(patterns, matches) {
      if let match { demand(match.map(\.name) == pattern.parameterNames, "not the pattern's parameters") }
    }
    guard patterns.count == 2 else { return }
    let isClash = patterns[0].clashes(with: patterns[1])
    demand(isClash == patterns[1].clashes(with: patterns[0]), "a clash has one side only")
    demand(isClash || matches.contains { $0 == nil }, "both take this path, and do not clash")
  }

  private static let loader = WorkflowLoader(nodeTypes: NodeCatalog.types, trigger: WebhookChecks.triggerExtension)
  private static let heads = WorkflowLoader(nodesIgnored: (), trigger: WebhookChecks.triggerExtension)

  /// YAML or JSON; what loads must load again from the store.
  static let workflow = FuzzTarget(
    name: "workflow",
    seeds: [
      """
      key: orders
      trigger:
        type: webhook
        path: /shops/:shop/orders
        methods: [POST, PUT]
        mode: sync
        timeout: 5s
        body: {limit: 2MB, as: json}
        when: {all: [["{{$context.data.total}}", gte, 10], {any: [["{{$context.data.vat}}", exists]]}]}
        verify: [{provider: github, secrets: ["{{$env.SECRET}}"]}]
        schema: {type: object, required: [id], properties: {id: {type: string, pattern: "^a+$"}}}
        deduplicate: {by: "{{$context.headers.idempotency-key}}", for: 72h}
      keep: {succeeded: 0}
      nodes:
        - {key: net, type: calculation, template: "Order {{$context.data.id:1}}"}
        - &call
          key: call
          type: request
          url: "https://example.com/{{$context.params.shop}}"
          json: {order: "{{$nodes.net}}"}
          expect: [2xx, 409]
        - key: pick
          type: switch
          cases: [{if: {all: [["{{$nodes.call.body}}", in, [1, x]]]}, do: []}]
          otherwise: [{key: seen, type: output, value: "{{$system.now}}"}]
        - {key: found, type: query-json, jsonpath: "$.lines[?@.price > 10].sku"}
        - {key: reply, type: response, status: 201, body: {a: "{{$nodes.call.status}}"}}
      """,
      #"{"trigger":{"type":"webhook"},"nodes":[{"key":"m","type":"map","value":{"a":1}},{"key":"e","type":"end"}]}"#,
      "a: &x [1, *x]\nb: !!binary aGk=\n<<: {c: 0x1F, d: .nan, e: 1_000}\n? [k]\n: |2-\n   text\n",
    ]
  ) { bytes in
    do throws(Diagnostics) {
      let loaded = try loader.load(file: "fuzz.yaml", text: bytes.text)
      for reader in [loader, heads] {
        do throws(Diagnostics) {
          let stored = try reader.load(stored: loaded.definition, key: loaded.workflow.key)
          _ = try? stored.trigger.when?.evaluate(FixedScope())
          demand(stored.nodes.count == loaded.workflow.nodes.count || stored.nodes.isEmpty, "nodes are missing")
        } catch {
          fatalError("loaded, but not from the store: \(error)")
        }
      }
    } catch {
      demand(!error.list.isEmpty, "no problem told")
      let haveAllPlaces = error.list.allSatisfy { $0.line > 0 && $0.column > 0 && !$0.message.isEmpty }
      demand(haveAllPlaces, "a problem without a place")
    }
  }
}

/// Something of everything.
private struct FixedScope: VariableScope {
  func value(of root: VariableRoot) throws(TemplateError) -> JSON? {
    switch root {
    case .context(let field):
      let items: JSON = [["id": 1, "price": 2.5, "tags": ["a", "b"]], ["id": "x"], nil, [1, [2]]]
      return field == "data" ? ["items": items, "total": 10, "": "empty", "odd key": true] : .string(field)
    case .node, .scope: return ["output": ["odd key": ["b": [1, 2]]], "item": "\u{0}\"\\", "body": nil]
    case .system(let name): return .string(name)
    case .environment: throw TemplateError("not set")
    case .variable: return nil
    }
  }
}
