// What a script is handed of the results.

import JSONCodec
import Testing

@testable import WorkflowEngine

@Suite("What a script is handed")
struct ScriptInputTests {
  @Test(
    "results that the code names are told from those that it works out",
    arguments: [
      ("return 1", []), ("$nodes.total", ["total"]), ("$nodes?.total + $nodes . b", ["total", "b"]),
      ("$nodes['by-event'] || $nodes [ \"x\" ]", ["by-event", "x"]), ("$nodes\n  .total", ["total"]),
      ("$nodes?.['a']", ["a"]), ("$nodes.a$b.c", ["a$b"]), ("$node.x $nodesx.y", nil),
      ("const n = $nodes; n.total", nil),
      ("$nodes[key]", nil), ("$nodes['a' + b]", nil), ("$nodes['\\x61']", nil), ("$nodes[`a`]", nil), ("$nodes", nil),
      ("$nodes.total; ({ ...$nodes })", nil), ("$nodes['a", nil), ("$$nodes.a", ["a"]),
    ] as [(String, Set<String>?)])
  func mentions(_ code: String, _ keys: Set<String>?) {
    #expect(NodeMentions(in: code) == (keys.map { .some($0) } ?? .all))
  }

  @Test("a script that names one result and works out another gets both")
  func mixed() async throws {
    let trial = ScriptTrial.trial(
      """
        - {key: first, type: map, value: 1}
        - {key: second, type: map, value: 2}
        - key: run
          type: script
          code: |
            const all = $nodes
            return [$nodes.first, all['sec' + 'ond'], arguments[2].second]
      """)
    #expect(try await trial.run().record("run")?.result == [1, 2, 2])
  }
}
