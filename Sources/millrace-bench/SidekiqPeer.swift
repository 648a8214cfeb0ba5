// Sidekiq with empty jobs, in database 3 of the same Redis. Its script enqueues, drains and prints the jobs a second.

struct SidekiqPeer: Sendable {
  private let script: String
  private let programs: Programs
  private let redis: PrivateRedis

  /// nil, with a line that says why, when it cannot be had here.
  init?(directory: PeerDirectory, programs: Programs, redis: PrivateRedis) {
    let name = "worker-sidekiq"
    guard let script = directory.file(name) else {
      Output.line("- sidekiq is left out: no \(name) in \(directory.path)")
      return nil
    }
    let missing = ["ruby", "sidekiq", "redis-cli", "bc"].filter { programs.find($0) == nil }
    guard missing.isEmpty else {
      Output.line(
        "- sidekiq is left out: not found: \(missing.joined(separator: ", ")); it needs: "
          + "apt-get install ruby-sidekiq redis-tools bc")
      return nil
    }
    self.script = script
    self.programs = programs
    self.redis = redis
  }

  func measure(count: Int, on stage: Stage) async throws -> Double {
    let lines = try await stage.output(
      of: "worker-sidekiq", script, ["\(redis.port)", "\(count)"],
      environment: programs.environment(temporary: stage.directory),
      within: .seconds(120 + count / 100))
    let words = lines.last { $0.hasSuffix("jobs/s") }?.split(separator: " ") ?? []
    guard words.count == 3, let rate = Double(words[1]) else {
      throw BenchError("worker-sidekiq printed no jobs/s: \(lines.joined(separator: " / "))")
    }
    return rate
  }
}
