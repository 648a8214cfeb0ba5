// What a node decides when its turn comes. Deciding is free of effects; the walk performs what was decided.

import JSONCodec
import Workflows

/// Settings of a node type that this engine runs.
protocol RunnableSettings: NodeSettings {
  /// Evaluates the node's templates and says what is to be done.
  func start(_ run: NodeRun) throws -> NodeStep
  /// The step that follows from a recorded result; nil when the node has to be started again.
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep?
}

extension RunnableSettings {
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .value(result) }
}

/// What a node may look at while it decides.
struct NodeRun {
  let node: Node
  let executionID: String
  let scope: ExecutionScope
}

enum NodeStep: Sendable {
  case value(JSON)
  /// Sets the members of an object as `$vars`.
  case assign(JSON)
  /// Sets the execution's output.
  case output(JSON)
  /// Goes on with `nodes`, then with what follows the node, unless an ending is given.
  case branch(result: JSON, nodes: [Node], ending: Ending? = nil)
  /// Takes a while and changes nothing outside; what follows from it is done next.
  case compute(@Sendable (any NodeServices) async throws -> Computed)
  /// Something that the world notices: its result is checkpointed before the next node starts.
  case effect(@Sendable (any NodeServices) async throws -> JSON)
  /// Answers the waiting caller and goes on.
  case reply(Reply)
  /// Ends the execution.
  case end(result: JSON, Ending)
}

struct Computed: Sendable {
  let step: NodeStep
  /// What a script wrote with `console`; null when it wrote nothing.
  var console: JSON = .null
}

enum Ending: Sendable {
  case succeeded(reply: Reply?)
  /// With the whole message, in one line.
  case failed(message: String)

  var status: NodeRecord.Status {
    switch self {
    case .succeeded: .succeeded
    case .failed: .failed
    }
  }

  var message: String? {
    switch self {
    case .succeeded: nil
    case .failed(let message): message
    }
  }
}
