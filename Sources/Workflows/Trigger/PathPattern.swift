// The path of a workflow's own: `/shops/:shop/orders`, `/files/*rest`.

package struct PathPattern: Sendable, Hashable, CustomStringConvertible {
  enum Segment: Sendable, Hashable {
    case literal(String)
    case parameter(String)
    case rest(String)
  }

  let segments: [Segment]
  /// As it was written.
  package let text: String

  package var description: String { text }

  /// The names of its parameters, in order.
  package var parameterNames: [String] {
    segments.compactMap {
      switch $0 {
      case .literal: nil
      case .parameter(let name), .rest(let name): name
      }
    }
  }

  /// A path that fits.
  package var example: String {
    text.split(separator: "/", omittingEmptySubsequences: false)
      .map { $0.hasPrefix(":") || $0.hasPrefix("*") ? "1" : String($0) }.joined(separator: "/")
  }

  package static func == (left: PathPattern, right: PathPattern) -> Bool { left.segments == right.segments }

  package func hash(into hasher: inout Hasher) { hasher.combine(segments) }

  /// The parameters of a path that fits, percent-decoded, in order; nil for one that does not. The path comes without
  /// its query; one slash at its end makes no difference. A parameter takes at least one character, a rest at least
  /// one segment, whose slashes stay.
  package func match(_ path: some StringProtocol) -> [(name: String, value: String)]? {
    var parts = path.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)[...]
    guard parts.popFirst()?.isEmpty == true, !parts.isEmpty else { return nil }
    if parts.last?.isEmpty == true { parts.removeLast() }
    var values: [(name: String, value: String)] = []
    for segment in segments {
      guard let raw = parts.first, !raw.isEmpty, let part = PercentCoding.decode(raw) else { return nil }
      switch segment {
      case .literal(let literal):
        guard part.utf8.elementsEqual(literal.utf8) else { return nil }
      case .parameter(let name): values.append((name, part))
      case .rest(let name):
        var decoded: [String] = []
        for part in parts {
          guard let text = PercentCoding.decode(part) else { return nil }
          decoded.append(text)
        }
        values.append((name, decoded.joined(separator: "/")))
        return values
      }
      parts.removeFirst()
    }
    return parts.isEmpty ? values : nil
  }

  /// True when some path fits both.
  package func clashes(with other: PathPattern) -> Bool {
    for (index, segment) in segments.enumerated() {
      // A rest takes at least one segment.
      guard index < other.segments.count else { return false }
      switch (segment, other.segments[index]) {
      case (.rest, _), (_, .rest): return true
      case (.literal(let left), .literal(let right)):
        guard left.utf8.elementsEqual(right.utf8) else { return false }
      default: break
      }
    }
    return segments.count == other.segments.count
  }
}
