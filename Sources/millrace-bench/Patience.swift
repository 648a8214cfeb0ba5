// Waits for a fact by asking for it again and again, with a time limit; `what` names the fact in the error.

func eventually(
  _ what: String, within limit: Duration = .seconds(20), every pause: Duration = .milliseconds(20),
  _ isTrue: () throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  while try !isTrue() {
    guard ContinuousClock.now < deadline else { throw BenchError("\(what): not within \(limit)") }
    try await Task.sleep(for: pause)
  }
}
