// A compiled schema: rules by the kind of value they are for, other schemas by their place in the list of all.

import JSONCodec
import Patterns

final class SchemaNode: Sendable {
  /// Where it stands in the schema.
  let pointer: String
  let rules: SchemaRules

  init(pointer: String, rules: SchemaRules) {
    self.pointer = pointer
    self.rules = rules
  }
}

struct SchemaRules: Sendable {
  /// The schema that stands for this one, if it is nothing but a reference.
  var target: Int?
  /// The schema `false`.
  var isNever = false
  var types: ValueTypes?
  var values: Shared<ValueRules>?
  var numbers: Shared<NumberRules>?
  var texts: Shared<TextRules>?
  var arrays: Shared<ArrayRules>?
  var objects: Shared<ObjectRules>?
  var combined: Shared<CombinedRules>?
  var unevaluated: Shared<UnevaluatedRules>?
  /// The value must be a schema itself.
  var isDraftsOwnSchema = false
}

/// Rules are shared rather than copied, so that looking at them counts one reference.
final class Shared<Rules: Sendable>: Sendable {
  let rules: Rules

  init(_ rules: Rules) {
    self.rules = rules
  }
}

/// `enum` and `const`.
struct ValueRules: Sendable {
  let keyword: String
  /// The texts among the values.
  let texts: NameTable
  let others: Set<ExactValue>
  /// For messages.
  let shown: String
}

struct NumberRules: Sendable {
  struct Bound: Sendable {
    let keyword: String
    let number: ExactNumber
    /// The same number, if it is a whole one of 64 bits.
    let whole: Int64?
    let isLower: Bool
    let isExclusive: Bool
    let shown: String

    var comparison: String {
      switch (isLower, isExclusive) {
      case (true, true): "more than"
      case (true, false): "at least"
      case (false, true): "less than"
      case (false, false): "at most"
      }
    }
  }

  var bounds: [Bound] = []
  var divisor: Divisor?
  var shownDivisor = ""
}

struct TextRules: Sendable {
  /// In code points.
  var minLength: Int?
  var maxLength: Int?
  var pattern: CompiledPattern?
  var shownPattern = ""
  var format: TextFormat?
}

struct ArrayRules: Sendable {
  /// For the first elements, each its own.
  var first: [Int] = []
  /// For those after them.
  var rest: Int?
  var restKeyword = "items"
  var contains: Int?
  var minContains = 1
  var maxContains: Int?
  var minItems: Int?
  var maxItems: Int?
  var areUnique = false
}

struct ObjectRules: Sendable {
  struct Pattern: Sendable {
    let expression: CompiledPattern
    let schema: Int
  }

  /// If one member is there, so must others, or another schema applies.
  struct Dependency: Sendable {
    let keyword: String
    let slot: Int
    let required: [Int]
    let schema: Int?
  }

  var names = NameTable([])
  /// The schema of each name that has one.
  var properties: [Int?] = []
  var patterns: [Pattern] = []
  /// For members that neither of the two is for.
  var others: Int?
  var nameSchema: Int?
  var required: [Int] = []
  var dependencies: [Dependency] = []
  var minProperties: Int?
  var maxProperties: Int?
}

/// Schemas that apply to the same value.
struct CombinedRules: Sendable {
  var references: [Int] = []
  var all: [Int] = []
  var any: [Int] = []
  var one: [Int] = []
  var not: Int?
  var condition: Int?
  var consequence: Int?
  var alternative: Int?
}

struct UnevaluatedRules: Sendable {
  var properties: Int?
  var items: Int?
  /// Since 2020-12 what `contains` finds counts as evaluated.
  var containsEvaluates = true
}
