import Testing

@testable import ExecutionQueue

@Suite("Entries in a worker's hands")
struct HeldEntriesTests {
  private static func delivery(_ entry: UInt64) -> Delivery {
    Delivery(
      priority: .normal, entry: EntryID(milliseconds: entry, sequence: 0), token: .random(), workflow: "flow",
      inbox: nil,
      payload: nil)
  }

  @Test("one that is given twice is held once")
  func once() {
    let held = HeldEntries()
    #expect(held.hold(Self.delivery(1), anew: false))
    #expect(!held.hold(Self.delivery(1), anew: false))
    #expect(held.hold(Self.delivery(2), anew: false))
  }

  @Test("an older run that has lost it leaves it in the hands of the newer one")
  func newer() {
    let held = HeldEntries()
    let (old, new) = (Self.delivery(1), Self.delivery(1))
    #expect(held.hold(old, anew: false))
    #expect(held.hold(new, anew: true))
    held.lose(old)
    #expect(held.listIfDoubtful == ["2:1-0"])
    held.release(new)
    #expect(held.listIfDoubtful == [])
  }
}
