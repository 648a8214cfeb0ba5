// What all branches of a walk share: the input, the world, and what has been recorded.

import Workflows

extension ExecutionWalk {
  struct Ground: Sendable {
    let input: ExecutionInput
    let services: any NodeServices
    let journal: any ExecutionJournal
    let now: @Sendable () -> Int64
    let observer: WorkflowRunner.Observer?
    let volume: RecordVolume
    private(set) var recorded: [String: NodeRecord]
    private(set) var failedTries: Int
    /// How many items of a loop have left a record, by the loop's path.
    private(set) var entered: [String: Int]

    init(
      input: ExecutionInput, services: any NodeServices, journal: any ExecutionJournal,
      now: @escaping @Sendable () -> Int64, observer: WorkflowRunner.Observer?
    ) {
      self.input = input
      self.services = services
      self.journal = journal
      self.now = now
      self.observer = observer
      recorded = Dictionary(input.records.map { ($0.path, $0) }) { _, last in last }
      failedTries = Self.failedTries(recorded)
      entered = Self.entered(recorded)
      volume = RecordVolume(recorded.values.reduce(0) { $0 + $1.bytes.count })
    }

    /// For a branch that goes on in the same run: it finds what it has done before.
    func adding(_ records: [NodeRecord]) -> Ground {
      guard !records.isEmpty else { return self }
      var ground = self
      for record in records { ground.recorded[record.path] = record }
      ground.failedTries = Self.failedTries(ground.recorded)
      ground.entered = Self.entered(ground.recorded)
      return ground
    }

    private static func failedTries(_ recorded: [String: NodeRecord]) -> Int {
      recorded.values.reduce(0) { $0 + $1.tries }
    }

    private static func entered(_ recorded: [String: NodeRecord]) -> [String: Int] {
      var counts: [String: Int] = [:]
      for path in recorded.keys where path.utf8.contains(UInt8(ascii: "/")) {
        var index = path.startIndex
        while let slash = path[index...].firstIndex(of: "/") {
          index = path.index(after: slash)
          guard let item = Int(path[index...].prefix { $0 != "/" }) else { continue }
          let loop = String(path[..<slash])
          counts[loop] = max(counts[loop] ?? 0, item + 1)
        }
      }
      return counts
    }
  }
}
