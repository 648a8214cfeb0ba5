// What the author of a workflow reads when a script fails.

import JSONCodec
import Scripting

extension NodeFailure {
  /// Without a runner another try, or another worker, may do better; the same code would fail again.
  init(_ failure: ScriptFailure) {
    var details: [(String, JSON)] = [("kind", .string(failure.kind.rawValue))]
    if let name = failure.name { details.append(("name", .string(name))) }
    if let line = failure.line { details.append(("line", .int(Int64(line)))) }
    if let column = failure.column { details.append(("column", .int(Int64(column)))) }
    if let stack = failure.stack { details.append(("stack", .string(stack))) }
    let made = NodeFailure.failed(failure.text, details: details)
    self = failure.kind == .unavailable ? made.temporary() : made
  }
}

extension ScriptFailure {
  /// `TypeError: x is not a function (line 3, column 7)`.
  var text: String {
    let named = name.map { "\($0): \(message)" } ?? message
    guard let line else { return named }
    return "\(named) (line \(line)\(column.map { ", column \($0)" } ?? ""))"
  }
}
