// Yams' tree becomes our values: core schema, merge keys, and limits that a file of aliases cannot get around.

import JSONCodec
import Yams

struct SourceReading {
  let file: String
  let source: SourceText
  var problems: [Diagnostic] = []
  private var count = 0

  init(file: String, source: SourceText) {
    self.file = file
    self.source = source
  }

  private mutating func report(_ message: String, at mark: Mark?) {
    problems.append(Diagnostic(file: file, line: mark?.line ?? 1, column: mark?.column ?? 1, message: message))
  }

  /// Aliases have been replaced by what they name, so this counts expanded values.
  mutating func value(_ node: Yams.Node, depth: Int) -> SourceValue {
    count += 1
    guard count <= SourceDocument.mostValues else {
      if count == SourceDocument.mostValues + 1 {
        report("more than \(SourceDocument.mostValues) values, aliases included; make the file smaller", at: node.mark)
      }
      return SourceValue(.null)
    }
    guard depth <= SourceDocument.deepestNesting else {
      report(SourceDocument.tooDeep, at: node.mark)
      return SourceValue(.null)
    }
    switch node {
    case .scalar(let scalar): return self.scalar(scalar)
    case .sequence(let sequence):
      var values: [SourceValue] = []
      for element in sequence where isWithinLimits { values.append(value(element, depth: depth + 1)) }
      return made(.list(values), at: sequence.mark)
    case .mapping(let mapping): return made(.mapping(members(mapping, depth: depth)), at: mapping.mark)
    case .alias(let alias):
      report("an alias that names nothing", at: alias.mark)
      return SourceValue(.null)
    }
  }

  private var isWithinLimits: Bool { count <= SourceDocument.mostValues && problems.count < 100 }

  private func made(_ content: SourceValue.Content, at mark: Mark?) -> SourceValue {
    SourceValue(content, at: SourcePosition(line: mark?.line ?? 1, column: mark?.column ?? 1), in: source)
  }

  private mutating func members(_ mapping: Yams.Node.Mapping, depth: Int) -> [SourceMember] {
    var own: [SourceMember] = []
    var merged: [SourceMember] = []
    for (key, value) in mapping where isWithinLimits {
      guard case .scalar(let name) = key else {
        let isPlaceholder = source.line(key.mark?.line ?? 0).dropFirst((key.mark?.column ?? 1) - 1).first == "{"
        report(
          isPlaceholder
            ? "a placeholder must stand in quotes: \"{{$context.data.id}}\"" : "a key must be plain text",
          at: key.mark)
        continue
      }
      if name.string == "<<" && name.style == .plain {
        merged += merge(value, depth: depth)
        continue
      }
      let position = SourcePosition(line: name.mark?.line ?? 1, column: name.mark?.column ?? 1)
      own.append(SourceMember(key: name.string, keyPosition: position, value: self.value(value, depth: depth + 1)))
    }
    guard !merged.isEmpty else { return own }
    // Own keys win over merged ones, and the first merged mapping over later ones.
    var taken = Set(own.map(\.key))
    return own + merged.filter { taken.insert($0.key).inserted }
  }

  private mutating func merge(_ node: Yams.Node, depth: Int) -> [SourceMember] {
    let merged = value(node, depth: depth + 1)
    switch merged.content {
    case .mapping(let members): return members
    case .list(let list) where list.allSatisfy({ $0.members != nil }): return list.flatMap { $0.members ?? [] }
    default:
      report("\"<<\" takes a mapping, or a list of mappings, that an alias names", at: node.mark)
      return []
    }
  }

  private mutating func scalar(_ scalar: Yams.Node.Scalar) -> SourceValue {
    let tag = scalar.tag.description
    switch tag {
    case "", Tag.Name.str.rawValue, "!":
      let isPlain = scalar.style == .plain && tag == ""
      return isPlain ? plain(scalar) : made(.string(scalar.string), at: scalar.mark)
    case Tag.Name.int.rawValue, Tag.Name.float.rawValue, Tag.Name.bool.rawValue, Tag.Name.null.rawValue:
      return plain(scalar)
    case "!=":
      report("a word that begins with \"!\" must stand in quotes: \"!=\"", at: scalar.mark)
    default:
      report("the tag \(tag) means nothing here; a word that begins with \"!\" must stand in quotes", at: scalar.mark)
    }
    return made(.string(scalar.string), at: scalar.mark)
  }

  private mutating func plain(_ scalar: Yams.Node.Scalar) -> SourceValue {
    switch CoreSchema.resolve(scalar.string) {
    case .null: return made(.null, at: scalar.mark)
    case .bool(let value): return made(.bool(value), at: scalar.mark)
    case .number(let value): return made(.number(value), at: scalar.mark)
    case .string: return made(.string(scalar.string), at: scalar.mark)
    case .notFinite:
      report(
        "\(scalar.string) is a number that JSON cannot say; put it in quotes if it is meant as text", at: scalar.mark)
      return made(.null, at: scalar.mark)
    case .tooLong:
      report(
        "\(scalar.string) has more than 64 bits; write it in decimal, or in quotes if it is meant as text",
        at: scalar.mark)
      return made(.null, at: scalar.mark)
    }
  }
}
