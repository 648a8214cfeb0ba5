// What a node decides when its turn comes. Deciding is free of effects; the walk performs what was decided.

import JSONCodec
import Workflows

/// Settings of a node type that this engine runs.
protocol RunnableSettings: NodeSettings {
  /// Evaluates the node's templates and says what is to be done.
  func start(_ run: NodeRun) throws -> NodeStep
  /// The step that follows from a recorded result; nil when the node has to be started again.
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep?
  /// What follows when the moment has come that the node was waiting for; nil when it has to be started again.
  func resume(_ record: NodeRecord, _ run: NodeRun) throws -> NodeStep?
}

extension RunnableSettings {
  func replay(_ result: JSON, _ run: NodeRun) -> NodeStep? { .value(result) }
  func resume(_ record: NodeRecord, _ run: NodeRun) throws -> NodeStep? { nil }
}

/// What a node may look at while it decides.
struct NodeRun {
  let node: Node
  let executionID: String
  let scope: ExecutionScope
  let clock: ExecutionClock
  /// Which item of a loop it is for: its number, those of inner loops behind dots; nil outside of loops.
  let item: String?
}

enum NodeStep: Sendable {
  case value(JSON)
  /// Sets the members of an object as `$vars`.
  case assign(JSON)
  /// Sets the execution's output.
  case output(JSON)
  /// Goes on with `nodes`, then with what follows the node; with `stop` it ends there, for this reason.
  case branch(result: JSON, nodes: [Node], stop: String? = nil)
  /// Takes a while and changes nothing outside; what follows from it is done next.
  case compute(@Sendable (any NodeServices) async throws -> Computed)
  /// Something that the world notices: its result is checkpointed before the next node starts.
  case effect(@Sendable (any NodeServices) async throws -> JSON)
  /// An effect that keeps its distance from others of the same name.
  indirect case paced(Pace, NodeStep)
  /// Goes on at a moment (milliseconds since 1970 by the queue's clock).
  case pause(until: Int64)
  /// Gives an address out and goes on when somebody calls it.
  case wait(CallbackPlan)
  case loop(LoopPlan)
  case parallel(ParallelPlan)
  /// Answers the waiting caller and goes on.
  case reply(Reply)
  /// Ends the execution, whatever is around the node.
  case end(Ending)
  /// Ends the execution as failed, unless something around the node passes over failures.
  case stop(result: JSON, message: String)
}

/// Reserved for all executions together; microseconds from one to the next.
struct Pace: Sendable {
  let name: String
  let spacing: Int64
}

struct CallbackPlan: Sendable {
  /// Run when the address is known, before it waits.
  let nodes: [Node]
  let timeout: Duration
  let failsOnTimeout: Bool
}

struct LoopPlan: Sendable {
  /// Nil for as many as the condition lets through.
  let items: [JSON]?
  let nodes: [Node]
  let condition: BranchConditions?
  let width: Int
  let onError: OnError
  let limit: Int

  enum OnError: String, CaseIterable, Sendable {
    case fail, `break`, `continue`
  }
}

struct ParallelPlan: Sendable {
  let branches: [[Node]]
  let mode: Mode

  enum Mode: String, CaseIterable, Sendable {
    case all, any, race, settled
  }
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
