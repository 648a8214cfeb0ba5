// What a schema and a check may cost: people write schemas, strangers send bodies, and an event loop waits for both.

package struct JSONSchemaLimits: Sendable {
  /// Schemas inside a schema, counted with all that is referred to.
  package var schemas: Int
  /// Schemas inside each other as they are written.
  package var schemaDepth: Int
  /// Patterns of a schema: each takes up to 2 MB once it is used.
  package var patterns: Int
  /// Schemas that are being applied inside each other at one time: what a thread's stack must bear.
  package var nesting: Int
  /// Steps of one check, and what each token of the body adds to them; a step is a look at one value. In proportion to
  /// the body a sender cannot buy more work than parsing it costs him, and a schema that multiplies its work fails.
  package var steps: Int
  package var stepsPerToken: Int

  package static let standard = JSONSchemaLimits()

  package init(
    schemas: Int = 10_000, schemaDepth: Int = 100, patterns: Int = 200, nesting: Int = 500, steps: Int = 100_000,
    stepsPerToken: Int = 20
  ) {
    self.schemas = schemas
    self.schemaDepth = schemaDepth
    self.patterns = patterns
    self.nesting = nesting
    self.steps = steps
    self.stepsPerToken = stepsPerToken
  }

  /// Bytes of text that are read in the time of a step.
  static let bytesPerStep = 32
  /// Elements or members that are listed, and names that are looked for, in the time of a step.
  static let childrenPerStep = 4
  /// Bytes times instructions. Most matching is a hundred times as fast, but a pattern can be made not to be.
  static let matchingPerStep = 200
}
