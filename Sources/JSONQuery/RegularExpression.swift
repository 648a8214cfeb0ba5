// A compiled pattern of match() and search(): owns what RE2 made of it.

import CRE2

/// Safe to share: RE2's compiled patterns never change, and every number of threads may match with one.
@safe final class RegularExpression: @unchecked Sendable {
  private let pattern: OpaquePointer

  /// The number of instructions it has: what matching a byte costs at worst.
  let size: Int

  /// Compiles an I-Regexp of RFC 9485.
  init(_ text: String) throws(IRegexpError) {
    var translation = IRegexpTranslation(text)
    let translated = try translation.translate()
    guard let pattern = unsafe re2_compile(translated, translated.utf8.count) else {
      throw IRegexpError(message: "it is too large, or repeats too much")
    }
    unsafe self.pattern = pattern
    size = unsafe re2_size(pattern)
  }

  deinit { unsafe re2_free(pattern) }

  func matchesWhole(of text: String) -> Bool {
    unsafe re2_matches_whole(pattern, text, text.utf8.count)
  }

  func matchesPart(of text: String) -> Bool {
    unsafe re2_matches_part(pattern, text, text.utf8.count)
  }
}
