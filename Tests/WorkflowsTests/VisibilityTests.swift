// Which node results, variables and loop scopes a template may name at which place.
import Testing
import Workflows

@Suite("What a template can see")
struct VisibilityTests {
  @Test("Earlier nodes are visible, also those in branches of earlier nodes")
  func visible() {
    let text = workflow(
      nodes: """
          - {key: first, type: map, value: 1}
          - key: check
            type: condition
            if: ["{{$nodes.first}}", equal, 1]
            then:
              - {key: yes-one, type: map, value: "{{$nodes.first}}"}
              - {key: yes-two, type: map, value: "{{$nodes.yes-one}}"}
            else:
              - {key: no-one, type: map, value: "{{$nodes.first}}"}
          - {key: last, type: map, value: ["{{$nodes.yes-two}}", "{{$jobsMapByNodeKey.no-one.x}}", "{{$nodes.check}}"]}
        """)
    #expect(problems(text) == [])
  }

  @Test("Later nodes, other branches, the node itself and the enclosing one are not")
  func hidden() {
    let text = workflow(
      nodes: """
          - key: check
            type: condition
            if: ["{{$nodes.check}}", equal, 1]
            then:
              - {key: one, type: map, value: "{{$nodes.check}}"}
            else:
              - {key: two, type: map, value: "{{$nodes.one}}"}
          - {key: three, type: map, value: "{{$nodes.four}} {{$nodes.thre}}"}
          - {key: four, type: map, value: 1}
        """)
    let late = "has not run at this point: only nodes before this one have results"
    #expect(
      problems(text) == [
        #"a.yaml:5:13: the node "check" \#(late)"#,
        #"a.yaml:7:41: the node "check" \#(late)"#,
        #"a.yaml:9:41: the node "one" \#(late)"#,
        #"a.yaml:10:39: the node "four" \#(late)"#,
        #"a.yaml:10:55: there is no node "thre" (did you mean "three"?)"#,
      ])
  }

  @Test("Cases of a switch do not see each other")
  func cases() {
    let text = workflow(
      nodes: """
          - key: choose
            type: switch
            cases:
              - if: [1, equal, 1]
                do: [{key: one, type: map, value: 1}]
              - if: ["{{$nodes.one}}", equal, 1]
                do: [{key: two, type: map, value: 1}]
            otherwise: [{key: three, type: map, value: 1}]
          - {key: last, type: map, value: "{{$nodes.one}}{{$nodes.two}}{{$nodes.three}}"}
        """)
    #expect(
      problems(text) == [
        #"a.yaml:8:17: the node "one" has not run at this point: only nodes before this one have results"#
      ])
  }

  @Test("Variables must be set by some node, before or after")
  func variables() {
    let text = workflow(
      nodes: """
          - {key: a, type: map, value: "{{$vars.total}}"}
          - {key: b, type: variable, set: {total: 1}}
          - {key: c, type: map, value: "{{$vars.totl}}"}
        """)
    #expect(problems(text) == [#"a.yaml:5:35: no "variable" node sets "totl" (did you mean "total"?)"#])
  }

  @Test("Loop scopes live inside their node alone")
  func scopes() {
    let text = workflow(
      nodes: """
          - key: lines
            type: each
            over: "{{$scopes.lines.item}}"
            do:
              - {key: inner, type: map, value: ["{{$scopes.lines.item.id}}", "{{$scopes.lines.idx}}"]}
          - {key: after, type: map, value: "{{$scopes.lines.item}}"}
        """)
    let outside = #"can only be used inside a node "lines" that repeats its nodes"#
    #expect(
      problems(text) == [
        #"a.yaml:5:14: "$scopes.lines.item" \#(outside)"#,
        "a.yaml:7:73: $scopes.lines has no \"idx\"; it has item, index, sequence, length",
        #"a.yaml:8:39: "$scopes.lines.item" \#(outside)"#,
      ])
  }

  @Test("A node that cannot be read does not make its neighbours wrong")
  func adopted() {
    let text = workflow(
      nodes: """
          - key: later
            type: subflow
            do: [{key: inside, type: variable, set: {x: 1}}]
          - {key: after, type: map, value: "{{$nodes.inside}}{{$nodes.later}}{{$vars.x}}"}
        """)
    #expect(
      problems(text) == [#"a.yaml:4:11: the node type "subflow" is not supported by this version of Millrace yet"#])
  }
}
