// Holds the project to its own rules.

import Testing

@Suite struct ArchitectureTests {
  private static let project = Result { try ProjectTree.ofThisProject() }

  @Test("the project keeps its rules", arguments: Rule.all)
  func keepsRule(_ rule: Rule) throws {
    let tree = try Self.project.get()
    try #require(tree.files.contains { $0.path == "Package.swift" })
    let violations = rule.violations(tree)
    #expect(violations.isEmpty, "\(violations.joined(separator: "\n"))")
  }
}
