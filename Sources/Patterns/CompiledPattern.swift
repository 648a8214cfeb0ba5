// A regular expression that RE2 has compiled: it takes a time that is linear in the text, whoever wrote either of them.

import CRE2

/// Safe to share: RE2's compiled patterns never change, and every number of threads may match with one.
@safe package final class CompiledPattern: @unchecked Sendable {
  private let pattern: OpaquePointer

  /// The number of instructions it has: what matching a byte costs at worst.
  package let size: Int

  /// Compiles a pattern of RE2's syntax; nil if it is none, or takes more memory than a pattern may.
  package init?(_ text: String) {
    guard let pattern = unsafe re2_compile(text, text.utf8.count) else { return nil }
    unsafe self.pattern = pattern
    size = unsafe re2_size(pattern)
  }

  deinit { unsafe re2_free(pattern) }

  package func matchesWhole(of text: String) -> Bool {
    unsafe re2_matches_whole(pattern, text, text.utf8.count)
  }

  package func matchesPart(of text: String) -> Bool {
    unsafe re2_matches_part(pattern, text, text.utf8.count)
  }

  /// The text is UTF-8.
  package func matchesPart(of text: Span<UInt8>) -> Bool {
    unsafe text.withUnsafeBytes { bytes in
      unsafe re2_matches_part(pattern, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), bytes.count)
    }
  }
}
