// Who may import whom: floors, owners of C libraries, and what ingest stays free of.

extension Rule {
  static let imports = [
    Rule(sentence: "a target imports only targets of lower floors") { tree in
      let unknown = Set(tree.files.filter { $0.path.hasPrefix("Sources/") }.map(\.target))
        .filter { !$0.isEmpty && Floors.floor(of: $0) == nil }
      return unknown.sorted().map { "Sources/\($0) has no floor: add it to Floors" }
        + tree.swiftFiles(in: "Sources").flatMap(upwardImports)
    },
    Rule(sentence: "a C library is imported by its owner only") { tree in
      (tree.swiftFiles(in: "Sources") + tree.swiftFiles(in: "Tests")).flatMap { file in
        file.imports.compactMap { number, module in
          guard let owner = Floors.owners[module], file.target != owner else { return nil }
          return "\(file.path):\(number): \(module) belongs to \(owner)"
        }
      }
    },
    Rule(sentence: "millrace-ingest does not reach libcurl") { tree in
      let forbidden = ["OutboundHTTP", "CCurl", "WorkflowEngine", "Scripting", "JSONQuery"]
      return forbidden.compactMap { module in
        chain(from: "millrace-ingest", to: module, in: tree).map { "millrace-ingest reaches \(module): \($0)" }
      }
    },
  ]

  private static func upwardImports(of file: ProjectFile) -> [String] {
    guard let own = Floors.floor(of: file.target) else { return [] }
    return file.imports.compactMap { number, module in
      guard let other = Floors.floor(of: module), other >= own else { return nil }
      return "\(file.path):\(number): \(file.target) (floor \(own)) imports \(module) (floor \(other))"
    }
  }

  /// The imports that lead from one target to another, or nil.
  private static func chain(from start: String, to goal: String, in tree: ProjectTree) -> String? {
    var ways = [start: start]
    var waiting = [start]
    while let target = waiting.popLast() {
      for module in tree.swiftFiles(in: "Sources/\(target)").flatMap(\.imports).map(\.module) where ways[module] == nil
      {
        ways[module] = "\(ways[target] ?? "") → \(module)"
        waiting.append(module)
      }
    }
    return ways[goal]
  }
}

/// Where each target stands; docs/architecture.md tells why.
enum Floors {
  static let owners = [
    "CHiredis": "RedisClient", "CCurl": "OutboundHTTP", "CSimdjson": "JSONCodec", "CLinux": "Executors",
    "CRE2": "Patterns", "CJavaScriptCore": "millrace-script", "CScriptRunner": "millrace-script",
  ]

  /// From the lowest. C libraries are below everything.
  private static let targets: [[String]] = [
    ["CHiredis", "CCurl", "CSimdjson", "CLinux", "CRE2", "CJavaScriptCore", "CScriptRunner"],
    ["JSONCodec", "Executors", "Patterns", "ProcessSupport"],
    ["Workflows", "RedisClient", "OutboundHTTP", "JSONQuery", "JSONValidation", "Scripting", "AuditLog"],
    ["ExecutionQueue", "WorkflowEngine", "Verification"],
    ["Catalog", "WebhookChecks"],
    ["IngestService", "WorkerService"],
    ["millrace", "millrace-ingest", "millrace-worker", "millrace-script", "millrace-bench"],
  ]

  /// As the documentation counts: C libraries at -1, so that the lowest targets of our own are at 0.
  static func floor(of target: String) -> Int? {
    targets.firstIndex { $0.contains(target) }.map { $0 - 1 }
  }
}
