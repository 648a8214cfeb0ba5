// What a worker tells about its script runners. docs/operations.md explains each.

package import ProcessSupport

extension ScriptRunners {
  package func register(in registry: MetricsRegistry) {
    registry.gauge("millrace_worker_scripts_running", help: "Scripts that a runner is at work on.") {
      Double(self.running)
    }
    registry.gauge("millrace_worker_scripts_waiting", help: "Scripts that wait for a runner.") { Double(self.waiting) }
    registry.gauge("millrace_worker_script_runner_starts", help: "Runner processes started so far.") {
      Double(self.starts)
    }
  }
}
