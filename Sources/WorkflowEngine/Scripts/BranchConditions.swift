// The conditions of a branching node: structured ones are evaluated here, and those in JavaScript together in one call.

import JSONCodec
import Scripting
import Workflows

struct BranchConditions: Sendable {
  private enum Part: Sendable {
    case structured(Condition)
    /// Its place among the codes.
    case script(Int)
  }

  /// Nil for a condition that could not be read.
  private let parts: [Part?]
  private let codes: [ScriptCode]
  private let input: ScriptInput

  init(_ conditions: [Condition?]) {
    var codes: [ScriptCode] = []
    parts = conditions.map { condition in
      guard let condition else { return nil }
      guard let expression = condition.expression else { return .structured(condition) }
      codes.append(ScriptCode(.expression, expression))
      return .script(codes.count - 1)
    }
    self.codes = codes
    input = ScriptInput(codes)
  }

  /// Goes on with the index of the first condition that holds.
  func first(_ run: NodeRun, then step: @escaping @Sendable (Int?) -> NodeStep) throws -> NodeStep {
    guard !codes.isEmpty else {
      return step(try parts.firstIndex { try Self.holds($0, run.scope) })
    }
    // The structured ones before the first in JavaScript may settle it without a script; those behind it are cheap
    // enough to be evaluated in any case.
    let outcomes = parts.map { part in Result { try Self.holds(part, run.scope) } }
    if let match = try Self.early(outcomes, parts) { return step(match) }
    let call = ScriptCall(codes, input: try input.bytes(run.scope), timeLimit: run.node.timeout)
    return .compute { [parts] services in
      let results = try await services.outcome(of: call).results
      for (index, part) in parts.enumerated() {
        let holds =
          switch part {
          case .script(let place): try JSON(script: results[place]).isTruthy
          case .structured, nil: try outcomes[index].get()
          }
        if holds { return Computed(step: step(index)) }
      }
      return Computed(step: step(nil))
    }
  }

  private static func early(_ outcomes: [Result<Bool, any Error>], _ parts: [Part?]) throws -> Int? {
    for (index, part) in parts.enumerated() {
      if case .script = part { return nil }
      if try outcomes[index].get() { return index }
    }
    return nil
  }

  private static func holds(_ part: Part?, _ scope: ExecutionScope) throws -> Bool {
    guard case .structured(let condition) = part else { return false }
    return try condition.evaluate(scope)
  }
}

extension NodeServices {
  func outcome(of call: ScriptCall) async throws -> ScriptOutcome {
    do { return try await run(call) } catch let failure {
      if Task.isCancelled { throw CancellationError() }
      throw NodeFailure(failure)
    }
  }
}

extension JSONLimits {
  /// Deeper than a runner lets results be.
  static let scriptResult = JSONLimits(depth: 520)
}

extension JSON {
  init(script result: Result<[UInt8], ScriptFailure>) throws {
    switch result {
    case .success(let bytes): self = try JSON.parse(bytes, limits: .scriptResult)
    case .failure(let failure): throw NodeFailure(failure)
    }
  }

  /// As JavaScript has it.
  var isTruthy: Bool {
    switch kind {
    case .null: false
    case .bool: boolValue ?? false
    case .number: doubleValue != 0
    case .string: !(stringValue ?? "").isEmpty
    case .array, .object: true
    }
  }
}
