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
    private let recorded: [String: NodeRecord]
    /// What a branch has recorded in this run before it waited; goes before the others.
    private var added: [String: NodeRecord] = [:]
    private(set) var failedTries: Int
    /// How many items of a loop have left a record, by the loop's path.
    private let entered: [String: Int]
    private var enteredSince: [String: Int] = [:]

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
      failedTries = recorded.values.reduce(0) { $0 + $1.tries }
      entered = Self.entered(recorded)
      volume = RecordVolume(recorded.values.reduce(0) { $0 + $1.bytes.count })
    }

    func record(at path: String) -> NodeRecord? { added[path] ?? recorded[path] }

    func entered(_ loop: String) -> Int { max(entered[loop] ?? 0, enteredSince[loop] ?? 0) }

    /// For a branch that goes on in the same run: it finds what it has done before. A loop may have thousands of them, so
    /// what all share is not looked through again.
    func adding(_ records: [NodeRecord]) -> Ground {
      guard !records.isEmpty else { return self }
      var ground = self
      for record in records {
        ground.failedTries += record.tries - (ground.record(at: record.path)?.tries ?? 0)
        ground.added[record.path] = record
      }
      ground.enteredSince.merge(Self.entered(ground.added)) { max($0, $1) }
      return ground
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
