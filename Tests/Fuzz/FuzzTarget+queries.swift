// Schemas and queries of authors, over documents of strangers: the work must have an end.

import JSONCodec
import JSONQuery
import JSONValidation

extension FuzzTarget {
  /// A schema, a separator, and a value.
  static let schema = FuzzTarget(
    name: "schema",
    seeds: [
      ##"{"type":"object","properties":{"a":{"$ref":"#/$defs/x"}},"required":["a"],"$defs":{"x":{"enum":[1]}}}"##
        + "\u{1E}{\"a\":1}",
      ##"{"items":{"pattern":"^a{2,}\\d$","format":"date-time"},"uniqueItems":true,"contains":{"multipleOf":0.1}}"##
        + "\u{1E}[\"aa1\",0.3]",
      ##"{"$schema":"http://json-schema.org/draft-07/schema#","if":{"minimum":1},"then":{"not":{}},"oneOf":[{},true]}"##
        + "\u{1E}2",
      ##"{"allOf":[{"patternProperties":{"^x":{"format":"uri"}}}],"unevaluatedProperties":false,"$dynamicRef":"#a"}"##
        + "\u{1E}{\"xa\":\"a:b\"}",
    ]
  ) { bytes in
    let parts = bytes.parts(2)
    guard let document = try? JSON.parse(parts[0]), let schema = try? JSONSchema(document) else { return }
    for instance in [try? JSON.parse(parts[1]), document].compactMap(\.self) {
      let failures = schema.failures(of: instance, limit: 3)
      demand(failures.count <= 3, "more failures than asked for")
      demand(failures.allSatisfy { !$0.message.contains("\n") }, "a message of several lines")
    }
  }

  /// A query, a separator, and a document; without one a fixed document.
  static let jsonpath = FuzzTarget(
    name: "jsonpath",
    seeds: [
      "$.items[?@.price < 10 && !@.a].name", "$..[1:5:-2]", "$['a','b'][*]",
      "$[?match(@.b, 'a.*') || search(@, '[ab]') || length(@.c) == 2 || count($..*) > value(@[0])]",
    ]
  ) { bytes in
    let parts = bytes.parts(2)
    guard let path = try? JSONPath(parts[0].text) else { return }
    for found in (try? path.nodes(in: document(parts[1]))) ?? [] { _ = found.kind }
  }

  static let jmespath = FuzzTarget(
    name: "jmespath",
    seeds: [
      "items[?price < `10`].name | [0]", "{a: items[*].id, b: length(@)}", "sort_by(items, &price)[::-1].[id, name]",
      "join(',', keys(@)) || !items && to_number('1e3')", "items[].tags[] | sum([`1`,`2`])", "\"a\\u00e9\".*.'raw'",
    ]
  ) { bytes in
    let parts = bytes.parts(2)
    guard let query = try? JMESPath(parts[0].text), let value = try? query.value(in: document(parts[1])) else { return }
    let again = try? JSON.parse(value.bytes, limits: JSONLimits(depth: 1024, nodes: 10_000_000))
    demand(again != nil, "written, but not parsed")
  }

  private static func document(_ bytes: [UInt8]) -> JSON { (try? JSON.parse(bytes)) ?? sample }

  private static let sample: JSON = [
    "items": [
      ["id": 1, "price": 2.5, "name": "a", "tags": ["x", "y"], "b": "abc"],
      ["id": 2, "price": 11, "name": "b", "c": [1, 2]],
    ], "a": ["b": ["c": nil, "d": true]], "price": "7",
  ]
}
