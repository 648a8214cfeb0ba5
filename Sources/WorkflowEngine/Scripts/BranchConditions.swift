// The conditions of a branching node: structured ones are evaluated here, and those in JavaScript together in one call.

import JSONCodec
import Scripting
import Workflows

struct BranchConditions: Sendable {
  private enum Part: Sendable {
    case structured(Condition)
    /// Its place among the codes.
    case script(Int)

    var isScript: Bool {
      if case .script = self { true } else { false }
    }
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
      codes.append(ScriptCode(.condition, expression))
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
    // The structured ones are cheap enough to be evaluated in any case. Where they settle it, nothing of what stands
    // behind is run.
    let outcomes = parts.map { part in Result { try Self.holds(part, run.scope) } }
    let end = outcomes.firstIndex { Self.settles($0) } ?? parts.count
    let asked = parts[..<end].count { $0?.isScript ?? false }
    if asked == 0 { return step(try end < parts.count && outcomes[end].get() ? end : nil) }
    let call = ScriptCall(
      Array(codes[..<asked]), input: try input.bytes(run.scope), timeLimit: run.node.timeout)
    return .compute { [parts] services in
      let results = try await services.outcome(of: call).results
      for (index, part) in parts[..<end].enumerated() {
        guard case .script(let place) = part else { continue }
        if try JSON(script: results[place]) == true { return Computed(step: step(index)) }
      }
      return Computed(step: step(try end < parts.count && outcomes[end].get() ? end : nil))
    }
  }

  /// Whether it is done here, or is an error.
  private static func settles(_ outcome: Result<Bool, any Error>) -> Bool {
    if case .success(false) = outcome { false } else { true }
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
  /// Deeper than a runner lets results be; their length is what limits the number of values.
  static let scriptResult = JSONLimits(depth: 520, nodes: .max)
}

extension JSON {
  init(script result: Result<[UInt8], ScriptFailure>) throws {
    do {
      self = try JSON.parse(result.get(), limits: .scriptResult)
    } catch let failure as ScriptFailure {
      throw NodeFailure(failure)
    } catch {
      // What a script writes itself by JSON.rawJSON.
      throw NodeFailure(ScriptFailure(.result, "the result is no JSON: \(error)", name: "ResultError"))
    }
  }
}
