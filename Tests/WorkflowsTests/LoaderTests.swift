// The settings of workflows, triggers and nodes, and what is said about wrong ones.
import JSONCodec
import Testing
import Workflows

@Suite("Loading workflows")
struct LoaderTests {
  @Test("A whole workflow is compiled")
  func whole() throws {
    let text = """
      key: order-paid
      title: Tell the warehouse
      enabled: false
      trigger:
        type: webhook
        path: /shops/:shop/orders
        methods: [POST, PUT]
        mode: sync
        body: {limit: 2MB, as: json}
        when: {all: [["{{$context.headers.x-shopify-topic}}", equal, orders/paid]]}
        response: {status: 202, headers: {X-Shop: "{{$context.params.shop}}"}, body: {ok: true}}
        timeout: 3s
        onTimeout: error
      priority: high
      timeout: 10m
      keep: {succeeded: 0, failed: 7d}
      nodes:
        - key: warehouse
          type: request
          title: The warehouse
          timeout: 500ms
          continueOnError: true
          disabled: true
          url: https://warehouse.example/orders
          json: {order: "{{$context.data.id}}"}
      """
    let workflow = try TestNodes.loader.load(file: "x.yaml", text: text).workflow
    #expect(workflow.key == "order-paid")
    #expect(!workflow.enabled)
    #expect(workflow.trigger.path?.text == "/shops/:shop/orders")
    #expect(workflow.trigger.methods == ["POST", "PUT"])
    #expect(workflow.trigger.mode == .sync)
    #expect(workflow.trigger.bodyLimit == 2 << 20)
    #expect(workflow.trigger.bodyKind == .json)
    #expect(workflow.trigger.response?.status == 202)
    #expect(workflow.trigger.response?.headers.map(\.name) == ["X-Shop"])
    #expect(workflow.trigger.response?.body?.isLiteral == true)
    #expect(workflow.trigger.timeout == .seconds(3))
    #expect(workflow.trigger.onTimeout == .error)
    #expect(workflow.priority == .high)
    #expect(workflow.timeout == .seconds(600))
    #expect(workflow.keep == Workflow.Keep(succeeded: .zero, failed: .seconds(7 * 86400)))
    let node = try #require(workflow.nodes.first)
    #expect(node.timeout == .milliseconds(500))
    #expect(node.continueOnError && node.isDisabled)
    let scope = TestScope([.context("headers"): ["x-shopify-topic": "orders/paid"]])
    #expect(try workflow.trigger.when?.evaluate(scope) == true)
  }

  @Test("What is not set has its default")
  func defaults() throws {
    let workflow = try TestNodes.loader.load(file: "dir/a-b_1.yml", text: "trigger: {type: webhook}").workflow
    #expect(workflow.key == "a-b_1")
    #expect(workflow.enabled)
    #expect(workflow.trigger.methods == ["POST"])
    #expect(workflow.trigger.mode == .async)
    #expect(workflow.trigger.timeout == .seconds(10))
    #expect(workflow.trigger.response == nil)
    #expect(workflow.keep == Workflow.Keep())
    #expect(workflow.priority == .normal)
    #expect(workflow.timeout == nil)
  }

  @Test("Ten mistakes in one file are ten messages, each at its place")
  func tenMistakes() {
    let text = """
      key: "bad key"
      titel: x
      trigger:
        type: webhook
        path: orders
        methods: [POST, FETCH]
        mode: sync!
        when: [["{{$contxt.data}}", equal, 1]]
        timeout: soon
      priority: urgent
      nodes:
        - key: a
          type: reqest
        - key: b
          type: request
          url: "{{$nodes.c.data"
        - key: b
          type: map
          value: "{{$nodes.nobody}}"
      """
    #expect(
      problems(text) == [
        #"a.yaml:1:6: "bad key" cannot be a workflow's key: a letter or digit, then letters, digits, "_" and "-", 128 at most"#,
        #"a.yaml:2:1: a workflow has no setting "titel" (did you mean "title"?)"#,
        #"a.yaml:5:9: a path begins with "/""#,
        #"a.yaml:6:19: a method must be GET, POST, PUT, DELETE or PATCH, not "FETCH""#,
        #"a.yaml:7:9: "mode" must be async or sync, not "sync!" (did you mean "sync"?)"#,
        #"a.yaml:8:9: a list of conditions needs a word for how they go together: write all: […] or any: […]"#,
        #"a.yaml:9:12: "timeout" must be a time such as 500ms, 10s, 5m, 72h or 3d, not "soon""#,
        #"a.yaml:10:11: "priority" must be high, normal or low, not "urgent""#,
        #"a.yaml:13:11: there is no node type "reqest" (did you mean "request"?)"#,
        #"a.yaml:16:11: "{{" is not closed with "}}"; write \{{ where two braces are meant as text"#,
        #"a.yaml:17:10: another node on line 14 has the key "b" already"#,
        #"a.yaml:19:15: there is no node "nobody""#,
      ])
  }

  @Test(
    "A wrong trigger is told what would be right",
    arguments: [
      ("methods: []", #"1:35: "methods" must name at least one method"#),
      ("methods: [GET, GET]", "1:41: the method GET stands twice here"),
      ("methods: post", #"1:35: a method must be GET, POST, PUT, DELETE or PATCH, not "post" (did you mean "POST"?)"#),
      ("path: /api/x", "1:32: paths under /api/ belong to Millrace itself; choose another"),
      ("path: /-/x", "1:32: paths under /-/ belong to Millrace itself; choose another"),
      ("path: \"/a/*rest/b\"", #"1:36: "*" takes the rest of the path and must come last"#),
      ("path: \"/:a/:a\"", #"1:33: the parameter "a" stands twice in this path"#),
      ("path: /a//b", "1:35: two slashes follow each other in this path"),
      ("body: {limit: 2XB}", #"1:40: "limit" must be a size such as 512KB, 10MB or 1GB, not "2XB""#),
      ("body: {as: yaml}", #"1:37: "as" must be auto, json, form, text or bytes, not "yaml""#),
      ("response: {status: 99}", #"1:45: "status" must be a whole number from 200 to 599, not 99"#),
      ("response: {headers: {\"a b\": x}}", #"1:47: "a b" cannot be the name of a header"#),
      ("response: {headers: {Content-Length: 3}}", #"1:47: the header "Content-Length" is set by Millrace itself"#),
      (
        "response: {headers: {A: {b: c}}}",
        #"1:50: the header "A" must be a text or a list of texts, not a mapping"#
      ),
      (
        "response: {headers: {A: [b, [c]]}}",
        #"1:54: the header "A" must be a text or a list of texts, not a list"#
      ),
      (
        #"response: {headers: {A: [b, "c\n"]}}"#, #"1:54: the header "A" cannot hold line breaks or control characters"#
      ),
      ("response: {headers: {A: x, a: y}}", #"1:53: the header "a" stands twice here"#),
      (
        "response: {body: \"{{$nodes.a}}\"}",
        #"1:46: "$nodes.a" cannot be used in a trigger: there are $context, $env and $system"#
      ),
      ("timeout: 0", #"1:35: "timeout" must be longer than 0"#),
      ("timeout: 10", #"1:35: "timeout" must be a time such as 500ms, 10s, 5m, 72h or 3d, not 10"#),
      ("mode: \"{{$context.data}}\"", #"1:32: "mode" must be async or sync, not "{{$context.data}}""#),
    ])
  func triggers(setting: String, message: String) {
    #expect(problems(workflow(trigger: setting)) == ["a.yaml:" + message])
  }

  @Test("Settings of later versions are named as such, not as unknown")
  func later() {
    for setting in ["verify: []", "allow: []", "schema: {}", "deduplicate: {}", "rate: {}"] {
      let name = setting.prefix { $0 != ":" }
      #expect(
        problems(workflow(trigger: setting))
          == [#"a.yaml:1:26: "\#(name)" in "trigger" is not supported by this version of Millrace yet"#])
    }
    for type in ["sql", "mail", "subflow"] {
      #expect(
        problems(workflow(nodes: "  - {key: a, type: \(type), x: 1}\n"))
          == [#"a.yaml:3:20: the node type "\#(type)" is not supported by this version of Millrace yet"#])
    }
    #expect(
      problems(workflow(trigger: "when: \"$context.data.a > 1\""))
        == [
          "a.yaml:1:32: a trigger's condition cannot be JavaScript, because ingest runs none; write [left, operator, right]"
        ])
  }

  @Test("A workflow needs a trigger with a type")
  func missing() {
    #expect(problems("title: x") == [#"a.yaml:1:1: "trigger" is missing in a workflow"#])
    #expect(problems("trigger: {}") == [#"a.yaml:1:10: "type" is missing in "trigger""#])
    #expect(problems("trigger: {type: cron}") == [#"a.yaml:1:17: there is no trigger type "cron"; there is webhook"#])
  }

  @Test("Node settings are checked by type, and unknown ones are told apart")
  func nodes() {
    #expect(
      problems(workflow(nodes: "  - {key: a, type: request, ulr: x}\n  - {type: map, value: 1}\n  - 7\n")) == [
        #"a.yaml:3:5: "url" is missing in the request node"#,
        #"a.yaml:3:29: the request node has no setting "ulr" (did you mean "url"?)"#,
        #"a.yaml:4:5: "key" is missing in the map node"#,
        #"a.yaml:5:5: a node must be a mapping with "key" and "type", not 7"#,
      ])
    #expect(
      problems(workflow(nodes: "  - {key: 1a, type: map, value: 1}\n"))
        == [#"a.yaml:3:11: "1a" cannot be a node's key: a letter, then letters, digits, "_" and "-", 64 at most"#])
    #expect(
      problems(workflow(nodes: "  - {key: a, type: request, url: x, redirects: 99, maxBody: much}\n")) == [
        #"a.yaml:3:48: "redirects" must be a whole number from 0 to 20, not 99"#,
        #"a.yaml:3:61: "maxBody" must be a size such as 512KB, 10MB or 1GB, not "much""#,
      ])
  }

  @Test("A node type can see how the trigger calls")
  func mode() throws {
    #expect(
      problems(workflow(nodes: "  - {key: a, type: response}\n"))
        == ["a.yaml:3:20: a response node needs trigger.mode sync"])
    // The trigger is read first wherever it stands.
    #expect(problems("nodes: [{key: a, type: response}]\ntrigger: {type: webhook, mode: sync}\n").isEmpty)
  }

  @Test("There is a limit to nodes and to their nesting")
  func limits() {
    let many = (0...1000).map { "  - {key: n\($0), type: map, value: 1}\n" }.joined()
    #expect(problems(workflow(nodes: many)) == ["a.yaml:1003:5: a workflow may have 1000 nodes; this is one more"])
    func nested(_ depth: Int) -> JSON {
      let node: JSON = ["key": .string("n\(depth)"), "type": "condition", "if": [1, "equal", 1]]
      guard depth > 0, case .object(var object) = node else { return [node] }
      object["then"] = nested(depth - 1)
      return [.object(object)]
    }
    let definition: JSON = ["trigger": ["type": "webhook"], "nodes": nested(40)]
    #expect(throws: Diagnostics.self) { try TestNodes.loader.load(stored: definition, key: "a") }
    let fine: JSON = ["trigger": ["type": "webhook"], "nodes": nested(31)]
    #expect(throws: Never.self) { try TestNodes.loader.load(stored: fine, key: "a") }
    // Applied by a version that allowed it.
    let long: JSON = ["key": "a", "timeout": "36500d", "trigger": ["type": "webhook"], "nodes": []]
    #expect((try? TestNodes.loader.load(stored: long, key: "a"))?.timeout == .seconds(3650 * 86_400))
  }

  @Test("Ingest loads triggers without looking at nodes")
  func nodesIgnored() throws {
    let definition: JSON = [
      "trigger": ["type": "webhook", "path": "/x"], "nodes": [["key": "a", "type": "from-the-future"]],
      "concurrency": 2, "order": "{{$context.data.id}}", "throttle": ["limit": 5, "per": "1s"],
    ]
    let workflow = try WorkflowLoader(nodesIgnored: ()).load(stored: definition, key: "a")
    #expect(workflow.nodes.isEmpty)
    #expect(workflow.concurrency == 2 && workflow.order != nil && workflow.throttle?.limit == 5)
    #expect(workflow.trigger.path?.text == "/x")
  }

  @Test("A stored definition with a mistake is named by its key")
  func stored() {
    let definition: JSON = ["trigger": ["type": "webhook", "mode": "later"]]
    #expect {
      try TestNodes.loader.load(stored: definition, key: "order-paid")
    } throws: { error in
      (error as? Diagnostics)?.description == #"order-paid: "mode" must be async or sync, not "later""#
    }
  }

  @Test("All files of a directory are checked together")
  func directory() {
    let files = [
      (file: "a.yaml", text: "trigger: {type: webhook, path: /shops/:shop}\n"),
      (file: "b.yaml", text: "key: a\ntrigger: {type: webhook, path: /shops/main}\n"),
      (file: "c.yaml", text: "trigger: {type: webhook, mode: x}\n"),
      (file: "d.yaml", text: "nonsense"),
    ]
    #expect(
      Diagnostics(TestNodes.loader.read(files: files).problems).list.map(\.description) == [
        #"b.yaml:1:6: the key "a" is used by a.yaml already"#,
        "b.yaml:2:32: the path /shops/main clashes with /shops/:shop of a.yaml: some requests would fit both",
        #"c.yaml:1:32: "mode" must be async or sync, not "x""#,
        #"d.yaml:1:1: a workflow must be a mapping of settings, not "nonsense""#,
      ])
    let fine = [
      (file: "a.yaml", text: "trigger: {type: webhook, path: /a}"),
      (file: "b.yaml", text: "trigger: {type: webhook, path: /b}"),
    ]
    #expect(TestNodes.loader.read(files: fine).problems.isEmpty)
  }
}
