// What a sender may ask of the parser: a webhook's body comes from strangers.

/// The bounds of a document. Both count what the parser would have to hold, not bytes: those the caller limits.
package struct JSONLimits: Sendable {
  /// The deepest nesting of arrays and objects, at most 1024; an empty one may stand one level deeper.
  package var depth: Int
  /// The most values, containers included and keys not.
  package var nodes: Int

  package static let standard = JSONLimits()

  package init(depth: Int = 128, nodes: Int = 1_000_000) {
    self.depth = depth
    self.nodes = nodes
  }

  /// Values are walked by recursion, so no setting may ask for more than a thread's stack can bear.
  var boundedDepth: Int { min(max(depth, 1), 1024) }
  var boundedNodes: Int { max(nodes, 1) }
}
