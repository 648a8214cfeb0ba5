// What a workflow asks of the script runners, and what it gets.

import Synchronization

/// A script, an expression or a condition. Made once for each workflow version: a runner compiles it once and knows it by its number.
package final class ScriptCode: Sendable {
  package enum Form: UInt8, Sendable {
    /// The body of an async function, with `return`, `await` and `require`.
    case script
    /// One JavaScript expression.
    case expression
    /// One of which only the truth counts: its result is `true` or `false`.
    case condition
  }

  package let id: UInt32
  package let form: Form
  package let text: String

  private static let lastID = Atomic<UInt32>(0)

  package init(_ form: Form, _ text: String) {
    id = Self.lastID.wrappingAdd(1, ordering: .relaxed).newValue
    self.form = form
    self.text = text
  }
}

package struct ScriptCall: Sendable {
  /// One script, or the expressions of one node. Conditions behind the first that holds or fails are not evaluated.
  package var codes: [ScriptCode]
  /// A JSON object with any of `$context`, `$nodes`, `$vars`, `$env` and `args`.
  package var input: [UInt8]
  /// Nil for what `MILLRACE_SCRIPT_TIME` and `MILLRACE_SCRIPT_MEMORY` say.
  package var timeLimit: Duration?
  package var memoryLimit: Int?

  package init(_ codes: [ScriptCode], input: [UInt8], timeLimit: Duration? = nil, memoryLimit: Int? = nil) {
    self.codes = codes
    self.input = input
    self.timeLimit = timeLimit
    self.memoryLimit = memoryLimit
  }
}

package struct ScriptOutcome: Sendable {
  /// JSON text as `JSON.stringify` writes it, or why there is none; one for each code, `false` for a
  /// condition that was not evaluated.
  package let results: [Result<[UInt8], ScriptFailure>]
  /// What the script wrote with `console`, as a JSON array of `{level, text}`; empty when it wrote nothing.
  package let console: [UInt8]

  package init(results: [Result<[UInt8], ScriptFailure>], console: [UInt8]) {
    self.results = results
    self.console = console
  }
}

package struct ScriptFailure: Error, Sendable, Equatable {
  package enum Kind: String, Sendable {
    /// The code cannot be compiled.
    case syntax
    /// The code threw.
    case thrown
    case timeout
    case memory
    /// The result is no JSON.
    case result
    /// The script ended, and its promise was never settled.
    case unsettled
    /// The result is too large.
    case limit
    /// The runner died under the script.
    case crashed
    /// No runner can be had, or too many scripts wait.
    case unavailable
  }

  package let kind: Kind
  /// The error's name in JavaScript, such as `TypeError`.
  package let name: String?
  package let message: String
  /// In the user's code, from 1.
  package let line: Int?
  package let column: Int?
  package let stack: String?

  package init(
    _ kind: Kind, _ message: String, name: String? = nil, line: Int? = nil, column: Int? = nil, stack: String? = nil
  ) {
    self.kind = kind
    self.name = name
    self.message = message
    self.line = line
    self.column = column
    self.stack = stack
  }
}
