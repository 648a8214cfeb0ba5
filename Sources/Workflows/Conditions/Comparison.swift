// One `[left, operator, right]` of a condition.

import JSONCodec

struct Comparison: Sendable {
  let left: Template
  let `operator`: ConditionOperator
  let right: Template?
  /// Of `matches`, compiled when the workflow was loaded.
  let pattern: Pattern?

  func holds(in scope: any VariableScope) throws(TemplateError) -> Bool {
    let left = try self.left.evaluateIfPresent(scope)
    switch self.operator {
    case .exists: return Self.exists(left)
    case .notExists: return !Self.exists(left)
    case .empty: return Self.isEmpty(left)
    case .notEmpty: return !Self.isEmpty(left)
    case .matches: return try matches(left)
    default: break
    }
    let right = try self.right?.evaluateIfPresent(scope)
    switch self.operator {
    case .equal: return LooseValue.equal(left, right)
    case .notEqual: return !LooseValue.equal(left, right)
    case .gt: return LooseValue.order(left, right) == .above
    case .lt: return LooseValue.order(left, right) == .below
    case .gte: return [.above, .same].contains(LooseValue.order(left, right))
    case .lte: return [.below, .same].contains(LooseValue.order(left, right))
    case .includes: return Self.includes(left, right)
    case .notIncludes: return !Self.includes(left, right)
    case .isIn: return Self.includes(right, left)
    case .notIn: return !Self.includes(right, left)
    case .startsWith: return Self.begins(left, right)
    case .notStartsWith: return !Self.begins(left, right)
    case .endsWith: return Self.ends(left, right)
    case .notEndsWith: return !Self.ends(left, right)
    case .exists, .notExists, .empty, .notEmpty, .matches: return false
    }
  }

  private func matches(_ value: JSON?) throws(TemplateError) -> Bool {
    guard let pattern, let text = LooseValue.text(value) else { return false }
    return try pattern.matches(text)
  }

  private static func exists(_ value: JSON?) -> Bool { value.map { !$0.isNull } ?? false }

  private static func isEmpty(_ value: JSON?) -> Bool {
    guard let value else { return true }
    switch value.kind {
    case .null: return true
    case .string: return value.stringValue?.isEmpty ?? true
    case .array, .object: return value.count == 0
    case .bool, .number: return false
    }
  }

  /// A part of a text, a member of an array, a key of an object.
  private static func includes(_ whole: JSON?, _ part: JSON?) -> Bool {
    guard let whole else { return false }
    switch whole.kind {
    case .array: return whole.elements.contains { LooseValue.equal($0, part) }
    case .object: return LooseValue.text(part).map { whole[$0] != nil } ?? false
    default:
      guard let text = LooseValue.text(whole), let wanted = LooseValue.text(part) else { return false }
      return ByteSearch(for: Array(wanted.utf8)).firstIndex(in: Array(text.utf8)) != nil
    }
  }

  private static func begins(_ whole: JSON?, _ part: JSON?) -> Bool {
    guard let whole = LooseValue.text(whole), let part = LooseValue.text(part) else { return false }
    return whole.utf8.starts(with: part.utf8)
  }

  private static func ends(_ whole: JSON?, _ part: JSON?) -> Bool {
    guard let whole = LooseValue.text(whole), let part = LooseValue.text(part) else { return false }
    return whole.utf8.reversed().starts(with: part.utf8.reversed())
  }
}
