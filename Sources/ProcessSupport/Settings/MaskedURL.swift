// Shows a URL without the secrets in it, for logs and problems.

/// Replaces the password of `scheme://user:password@host`, and secrets among the query's values, with `***`. A URL that
/// is written wrongly rather loses too much than too little. Several may stand there, separated by blanks.
package func maskedURL(_ text: String) -> String {
  let urls = text.split(separator: " ", omittingEmptySubsequences: false)
  // Otherwise the blank is part of a password.
  guard urls.allSatisfy({ $0.contains("://") }) else { return masked(text[...]) }
  return urls.map(masked).joined(separator: " ")
}

private func masked(_ text: Substring) -> String {
  let scheme = text.firstRange(of: "://").map { text[..<$0.upperBound] } ?? ""
  let rest = text.dropFirst(scheme.count)
  let parts = rest.split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
  guard parts.count == 2 else { return scheme + withoutPassword(rest) }
  // An unescaped "?" in a password would make the rest of the password look like a query.
  guard !parts[1].contains("@") else { return scheme + "***" }
  let pairs = parts[1].split(separator: "&", omittingEmptySubsequences: false).map(withoutSecret)
  return scheme + withoutPassword(parts[0]) + "?" + pairs.joined(separator: "&")
}

private func withoutPassword(_ text: Substring) -> String {
  guard let at = text.lastIndex(of: "@"), let colon = text[..<at].firstIndex(of: ":") else { return String(text) }
  return text[...colon] + "***" + text[at...]
}

private func withoutSecret(_ pair: Substring) -> String {
  guard let equals = pair.firstIndex(of: "=") else { return String(pair) }
  let name = pair[..<equals].lowercased()
  let isSecret = ["password", "secret", "token", "key"].contains { name.contains($0) }
  return isSecret ? pair[...equals] + "***" : String(pair)
}
