// docs/providers.md against the catalogue: every provider has its section, every setting its line.

import Foundation
import Testing

@testable import Verification

@Suite("docs/providers.md")
struct DocumentationTests {
  /// The page by its headings.
  static let sections: [String: String] = {
    let package = URL(fileURLWithPath: #filePath)
      .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
    let text = (try? String(contentsOf: package.appending(path: "docs/providers.md"), encoding: .utf8)) ?? ""
    var sections: [String: String] = [:]
    for part in text.components(separatedBy: "\n## ").dropFirst() {
      let heading = part.prefix { $0 != "\n" }
      sections[String(heading)] = String(part)
    }
    return sections
  }()

  @Test("every provider has a section with all its names", arguments: ProviderCatalog.all.map(\.name))
  func sections(_ name: String) throws {
    let provider = try #require(ProviderCatalog.provider(named: name))
    let heading = try #require(
      Self.sections.keys.first { $0.hasSuffix(": `\(name)`") || $0.contains(": `\(name)`, ") }, "no section")
    let section = try #require(Self.sections[heading])
    for alias in provider.aliases { #expect(heading.contains("`\(alias)`"), "\(alias)") }
    for setting in provider.settings where setting.name != "provider" {
      let line = "| `\(setting.name)`\(setting.isRequired ? ", required" : "") | \(setting.summary) |"
      #expect(section.contains(line), "\(line)")
    }
    #expect(section.contains("provider: \(name)"))
    #expect(section.contains("- One event: "))
    #expect(section.contains("- Answer: "))
  }

  @Test("no section is about a provider that does not exist")
  func strays() {
    let known = Set(ProviderCatalog.names)
    for heading in Self.sections.keys where heading.contains(": `") {
      let names = heading.split(separator: "`").map(String.init).filter { known.contains($0) }
      #expect(!names.isEmpty, "\(heading)")
    }
  }

  @Test("every reason of a refusal is told")
  func reasons() throws {
    let text = try #require(Self.sections["How `verify` works"])
    for reason in [
      .missingHeader(""), .emptyHeader(""), .repeatedHeader(""), .missingField(""), .malformedSignature,
      .tooManySignatures, .malformedTimestamp, .mismatch, .staleTimestamp(skewSeconds: 0),
      .futureTimestamp(skewSeconds: 0), .unknownKey(url: nil), .noUsableSecret, .badBody, .undecryptable,
      .wrongReceiver, .algorithmNotAllowed, .expiredClaim, .earlyClaim, .wrongClaim(""), .challengeRefused,
      .originNotAllowed, .noPublicURL,
    ] as [Refusal.Reason] {
      #expect(text.contains("`\(Refusal(reason, "").code)`"))
    }
  }
}
