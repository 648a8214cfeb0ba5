// Runs one execution: walks its workflow and reports how that ended. The same for a worker, `millrace run` and tests.

import ProcessSupport
package import Workflows

package struct WorkflowRunner: Sendable {
  /// Told of each node that this run finished, not of those taken from a checkpoint.
  package typealias Observer = @Sendable (NodeRecord, Node) -> Void

  private let services: any NodeServices
  private let now: @Sendable () -> Int64
  private let observer: Observer?

  /// `now` gives milliseconds since 1970, for the records.
  package init(
    services: any NodeServices, now: @escaping @Sendable () -> Int64 = { WallClock.milliseconds },
    observer: Observer? = nil
  ) {
    self.services = services
    self.now = now
    self.observer = observer
  }

  /// Resumes by replay: the workflow is walked from its start, and a node that has a record in `input` is not run
  /// again but gives what it gave then. Cancelling the task ends the run as `.abandoned`.
  package func run(
    _ workflow: Workflow, _ input: ExecutionInput, journal: any ExecutionJournal
  ) async -> RunReport {
    let ground = ExecutionWalk.Ground(
      input: input, services: services, journal: journal, now: now, observer: observer)
    var walk = ExecutionWalk(ground)
    let outcome = await walk.walk(workflow.nodes) ?? .succeeded
    return walk.report(outcome)
  }
}
