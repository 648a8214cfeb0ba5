// Waiting for a fact that nothing announces: looks again and again, shortly apart, until it holds or time is up.

package struct NotInTime: Error, CustomStringConvertible {
  package let description: String

  package init(description: String) { self.description = description }
}

/// Waits until `check` holds. A check that throws counts as "not yet"; its last error is part of the message.
package func eventually(
  _ what: String, within limit: Duration = .seconds(10), isolation: isolated (any Actor)? = #isolation,
  _ check: () async throws -> Bool
) async throws {
  let deadline = ContinuousClock.now + limit
  var pause = Duration.milliseconds(1)
  var lastError: (any Error)?
  while true {
    do {
      if try await check() { return }
      lastError = nil
    } catch is CancellationError {
      throw CancellationError()
    } catch {
      lastError = error
    }
    guard ContinuousClock.now < deadline else {
      let reason = lastError.map { "; the last look failed: \($0)" } ?? ""
      throw NotInTime(description: "not within \(limit): \(what)\(reason)")
    }
    try await Task.sleep(for: pause)
    pause = min(pause * 2, .milliseconds(20))
  }
}
