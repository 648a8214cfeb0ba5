// The forms of user code, with the numbers they have on the wire and in the prelude.

enum ScriptForm: UInt8 {
  /// The body of an async function.
  case script = 0
  /// One expression, evaluated at once.
  case expression = 1
  /// An expression of which only the truth counts.
  case condition = 2
}
