// What a 2xx has survived by the time the sender reads it.

package enum Durability: String, Sendable, CaseIterable {
  /// Redis has it in memory.
  case fast
  /// Redis also writes an append-only file, whatever its fsync policy.
  case normal
  /// Redis has synced it to disk.
  case strict
}
