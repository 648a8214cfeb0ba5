// Bounds an effect by a moment in time, without leaving anything of it behind.

struct Bounded<Value: Sendable>: Sendable {
  let result: Result<Value, any Error>
  /// Whether the moment came before the work was done.
  let isLate: Bool

  /// Runs the work and cancels it when the moment comes; waits for its end either way, and keeps what it achieved all
  /// the same, because an effect that has happened must not be repeated.
  static func run(
    until moment: ContinuousClock.Instant?, _ work: @escaping @Sendable () async throws -> Value
  ) async -> Bounded {
    guard let moment else { return Bounded(result: await capture(work), isLate: false) }
    return await withTaskGroup(of: Result<Value, any Error>?.self) { group in
      group.addTask { await capture(work) }
      group.addTask {
        try? await Task.sleep(until: moment, clock: .continuous)
        return nil
      }
      var isLate = false
      while let finished = await group.next() {
        group.cancelAll()
        if let result = finished { return Bounded(result: result, isLate: isLate) }
        isLate = true
      }
      return Bounded(result: .failure(CancellationError()), isLate: isLate)
    }
  }

  private static func capture(_ work: @Sendable () async throws -> Value) async -> Result<Value, any Error> {
    do { return .success(try await work()) } catch { return .failure(error) }
  }
}
