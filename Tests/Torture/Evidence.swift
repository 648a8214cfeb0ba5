// Everything that a run has left behind, joined by execution.

struct Evidence: Sendable {
  /// One call with its serial number.
  struct NumberedCall: Sendable {
    let serial: Int
    let call: Call
  }

  /// What kind of run it was.
  struct Setting: Sendable {
    /// Every process was replaced, and nothing else was done.
    let deploys: Bool
    let seconds: Double
    /// How many executions of `limited` may run at once.
    let limit: Int
  }

  let setting: Setting
  let acknowledged: [Acknowledged]
  let counts: SenderBook.Counts
  /// What `order` goes by, of the webhooks from number 1.
  let orders: [UInt8]
  let allCalls: [Call]
  let mostLimited: Int
  let unreadable: Int
  let callbacks: [ExecutionKey: CallbackBook.Callbacks]
  let outcomes: [ExecutionKey: Outcome]
  let failures: [ExecutionKey: String]
  let injections: [Injection]
  /// Records that never ended, and stream entries that never went.
  let unfinished: Int
  /// Ends of processes that nobody asked for.
  let deaths: [String]

  private let interruptedScripts: Int
  private let runnerKills: Int
  /// Serial numbers less one, by execution and in order of arrival.
  private let places: [UInt32]
  private let ranges: [ExecutionKey: Range<Int>]

  init(
    _ setting: Setting, senders: SenderBook, calls: CallBook, callbacks: CallbackBook, records: Records,
    injections: [Injection], unfinished: Int, deaths: [String]
  ) {
    self.setting = setting
    acknowledged = senders.acknowledged
    counts = senders.counts
    orders = senders.orders
    let all = calls.calls
    allCalls = all
    mostLimited = calls.mostLimited
    unreadable = calls.unreadable
    self.callbacks = callbacks.all
    outcomes = Dictionary(records.outcomes.map { ($0.key, $0) }, uniquingKeysWith: { $1 })
    failures = records.failures
    interruptedScripts = failures.values.count(where: Self.tellsOfKilledRunner)
    self.injections = injections
    runnerKills = injections.count { $0.fault == .killRunner }
    self.unfinished = unfinished
    self.deaths = deaths
    func rank(_ place: UInt32) -> (UInt64, UInt16, UInt32) { (all[Int(place)].high, all[Int(place)].low, place) }
    let places = (0..<UInt32(all.count)).sorted { rank($0) < rank($1) }
    var ranges: [ExecutionKey: Range<Int>] = [:]
    var start = 0
    for index in places.indices
    where index + 1 == places.count || all[Int(places[index])].key != all[Int(places[index + 1])].key {
      ranges[all[Int(places[index])].key] = start..<index + 1
      start = index + 1
    }
    self.places = places
    self.ranges = ranges
  }

  var executions: some Collection<ExecutionKey> { ranges.keys }

  /// In order of arrival.
  func calls(of key: ExecutionKey) -> [NumberedCall] {
    (ranges[key] ?? 0..<0).map { NumberedCall(serial: Int(places[$0]) + 1, call: allCalls[Int(places[$0])]) }
  }

  /// Calls beyond the first of each step that no failed answer has asked for.
  static func repeats(_ calls: [Call]) -> Int {
    max(0, calls.count - Set(calls.map(\.step)).count - calls.count(where: \.isFailed))
  }

  func order(of n: UInt32) -> UInt8? { orders.indices.contains(Int(n) - 1) ? orders[Int(n) - 1] : nil }

  /// Failures of scripts whose runner was killed: one for each kill, as a runner has one script at a time.
  var excusedFailures: Int { failures.values.count(where: isExcused) }

  func isExcused(_ failure: String) -> Bool { Self.tellsOfKilledRunner(failure) && interruptedScripts <= runnerKills }

  private static func tellsOfKilledRunner(_ failure: String) -> Bool {
    failure.contains("SIGKILL while the script ran")
  }

  /// Whether there was such a fault at any time from `begin` to `end`.
  func isDisturbed(from begin: Moment, to end: Moment, _ counts: (Injection) -> Bool = { _ in true }) -> Bool {
    injections.contains { counts($0) && $0.begin < end && begin < $0.end }
  }
}
