// Where the schemas of a document are and what they are called, so that references can be followed when it is compiled.

import JSONCodec

struct SchemaPlace {
  let pointer: String
  let schema: JSON
  /// The `$id` that it stands in, which may be followed by its own.
  let base: URIReference
}

struct SchemaPlaces {
  enum Target {
    case place(SchemaPlace)
    /// A draft's own schema.
    case draft
  }

  let dialect: SchemaDialect
  let limits: JSONSchemaLimits
  private let root: JSON
  private var bases: [String: URIReference] = [:]
  /// Pointers by `$id`, and by `$id`, number sign and anchor.
  private var named: [String: String] = [:]
  private var dynamicAnchors: [String: Int] = [:]
  private var recursiveAnchors = 0

  init(_ root: JSON, dialect: SchemaDialect, limits: JSONSchemaLimits) throws(JSONSchemaProblem) {
    (self.root, self.dialect, self.limits) = (root, dialect, limits)
    named[""] = ""
    try enter(SchemaPlace(pointer: "", schema: root, base: URIReference("")))
  }

  /// The schema that everything begins with.
  var start: SchemaPlace { SchemaPlace(pointer: "", schema: root, base: bases[""] ?? URIReference("")) }

  private mutating func enter(_ place: SchemaPlace) throws(JSONSchemaProblem) {
    var base = place.base
    let isReference = dialect.refStandsAlone && place.schema["$ref"] != nil
    if !isReference, let id = place.schema["$id"]?.stringValue { base = try enter(id: id, of: place) }
    bases[place.pointer] = base
    for keyword in ["$anchor", "$dynamicAnchor"] where dialect.knows(keyword) {
      guard let name = place.schema[keyword]?.stringValue else { continue }
      if keyword == "$dynamicAnchor" { dynamicAnchors[name, default: 0] += 1 }
      try enter(name: base.resource + "#" + name, place.pointer, keyword: keyword)
    }
    if place.schema["$recursiveAnchor"]?.boolValue == true { recursiveAnchors += 1 }
    for (keyword, value) in place.schema.members {
      for (inner, schema) in KeywordForm.all[keyword]?.schemas(in: value) ?? [] {
        try enter(SchemaPlace(pointer: "\(place.pointer)/\(keyword)\(inner)", schema: schema, base: base))
      }
    }
  }

  /// In older drafts an `$id` may be an anchor, or have one.
  private mutating func enter(id: String, of place: SchemaPlace) throws(JSONSchemaProblem) -> URIReference {
    let uri = URIReference(id).resolved(against: place.base)
    if let anchor = uri.fragment, !anchor.isEmpty {
      try enter(name: uri.resource + "#" + anchor, place.pointer, keyword: "$id")
    }
    guard !id.hasPrefix("#") else { return place.base }
    try enter(name: uri.resource, place.pointer, keyword: "$id")
    return URIReference(uri.resource)
  }

  private mutating func enter(name: String, _ pointer: String, keyword: String) throws(JSONSchemaProblem) {
    if let other = named[name], other != pointer {
      throw JSONSchemaProblem("has the same name as the schema at \"\(other)\"", at: "\(pointer)/\(keyword)")
    }
    named[name] = pointer
  }

  /// What a `$ref` means; `pointer` is where it stands.
  func target(of reference: String, from source: SchemaPlace, at pointer: String) throws(JSONSchemaProblem) -> Target {
    let uri = URIReference(reference).resolved(against: bases[source.pointer] ?? source.base)
    guard let fragment = URIReference.percentDecoded(uri.fragment ?? "") else {
      throw JSONSchemaProblem("\(Shown.text(reference)) is no reference: its fragment cannot be read", at: pointer)
    }
    if !fragment.isEmpty, !fragment.hasPrefix("/") {
      guard let found = named[uri.resource + "#" + fragment], let place = innermost(at: found) else {
        throw JSONSchemaProblem("there is no schema with the name \(Shown.text(reference))", at: pointer)
      }
      return .place(place)
    }
    guard let resource = named[uri.resource] else {
      if JSONSchemaDraft(uri: uri.resource) != nil, fragment.isEmpty { return .draft }
      throw JSONSchemaProblem(
        "there is no schema with the $id \(Shown.text(uri.resource)) in here, and none is fetched", at: pointer)
    }
    guard let place = innermost(at: resource + fragment) else {
      throw JSONSchemaProblem("\(Shown.text(reference)) leads to nothing", at: pointer)
    }
    return .place(place)
  }

  /// The place that a pointer leads to, in the innermost `$id` on its way.
  private func innermost(at pointer: String) -> SchemaPlace? {
    guard let steps = JSONPointer.steps(of: pointer) else { return nil }
    var value = root
    var base = bases[""] ?? URIReference("")
    var way = ""
    for step in steps {
      guard let next = JSONPointer.step(step, from: value) else { return nil }
      value = next
      way += "/" + JSONPointer.escaped(step)
      base = bases[way] ?? base
    }
    return SchemaPlace(pointer: way, schema: value, base: base)
  }

  /// Whether a place has been looked at as a schema.
  func isKnown(_ place: SchemaPlace) -> Bool { bases[place.pointer] != nil }

  /// A `$dynamicRef` means what the outermost schema with its anchor says. Where there is only one, nothing is left
  /// open; several are refused.
  func isOpen(_ reference: String, keyword: String) -> Bool {
    if keyword == "$recursiveRef" { return recursiveAnchors > 1 }
    return dynamicAnchors[URIReference(reference).fragment ?? "", default: 0] > 1
  }
}
