// Which keywords of the drafts count in a schema. Most authors never say which draft they mean.

import JSONCodec

package enum JSONSchemaDraft: String, Sendable, CaseIterable {
  /// Draft 6 is read as draft 7, which only adds to it.
  case draft6 = "http://json-schema.org/draft-06/schema"
  case draft7 = "http://json-schema.org/draft-07/schema"
  case draft2019 = "https://json-schema.org/draft/2019-09/schema"
  case draft2020 = "https://json-schema.org/draft/2020-12/schema"

  /// By the address of its own schema, with or without an empty fragment.
  init?(uri: String) {
    self.init(rawValue: uri.hasSuffix("#") ? String(uri.dropLast()) : uri)
  }

  var isOld: Bool { self == .draft6 || self == .draft7 }
}

struct SchemaDialect: Sendable {
  let draft: JSONSchemaDraft
  /// Otherwise the keywords of all drafts count.
  let isDeclared: Bool

  /// In older drafts a `$ref` makes all beside it mean nothing.
  var refStandsAlone: Bool { draft.isOld }

  init(of schema: JSON, draft: JSONSchemaDraft?, styles: Set<KeywordStyle>) throws(JSONSchemaProblem) {
    if let uri = schema["$schema"]?.stringValue {
      guard let declared = JSONSchemaDraft(uri: uri) else {
        let known = JSONSchemaDraft.allCases.map(\.rawValue).joined(separator: ", ")
        throw JSONSchemaProblem("\(Shown.text(uri)) is no draft that is known here: \(known)", at: "/$schema")
      }
      self.init(draft: declared, isDeclared: true)
    } else if let draft {
      self.init(draft: draft, isDeclared: true)
    } else {
      let isOld = styles.contains { $0.isOld } && !styles.contains { $0.isNew }
      self.init(draft: isOld ? .draft7 : .draft2020, isDeclared: false)
    }
  }

  private init(draft: JSONSchemaDraft, isDeclared: Bool) {
    self.draft = draft
    self.isDeclared = isDeclared
  }

  /// Refuses what says two things at once.
  func check(_ styles: Set<KeywordStyle>) throws(JSONSchemaProblem) {
    guard isDeclared, draft == .draft2020 else { return }
    for case .itemList(let pointer) in styles {
      throw JSONSchemaProblem("must be one schema in this draft; a list is called \"prefixItems\"", at: pointer)
    }
  }

  func knows(_ keyword: String) -> Bool {
    guard isDeclared else { return true }
    return switch keyword {
    case "prefixItems", "$dynamicRef", "$dynamicAnchor": draft == .draft2020
    case "additionalItems", "$recursiveRef", "$recursiveAnchor": draft != .draft2020
    case "dependentSchemas", "dependentRequired", "unevaluatedItems", "unevaluatedProperties", "minContains",
      "maxContains", "$anchor":
      !draft.isOld
    case "if", "then", "else": draft != .draft6
    default: true
    }
  }
}

/// What a schema's keywords tell of its draft.
enum KeywordStyle: Hashable, Sendable {
  case old
  case new
  /// `items` with a list of schemas.
  case itemList(pointer: String)

  var isNew: Bool { self == .new }
  var isOld: Bool { !isNew }

  init?(keyword: String, value: JSON, at pointer: String) {
    switch keyword {
    case "definitions", "additionalItems", "dependencies": self = .old
    case "items" where value.kind == .array: self = .itemList(pointer: pointer)
    case "$id" where value.stringValue?.hasPrefix("#") == true: self = .old
    case "$defs", "prefixItems", "dependentSchemas", "dependentRequired", "unevaluatedItems", "unevaluatedProperties",
      "minContains", "maxContains", "$anchor", "$dynamicRef", "$dynamicAnchor", "$recursiveRef", "$recursiveAnchor":
      self = .new
    default: return nil
    }
  }
}
