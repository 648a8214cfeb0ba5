// The bounded line of commands that wait for their replies.

import NIOCore
import NIOEmbedded
import Testing

@testable import RedisClient

@Suite("Commands that wait for replies")
struct PendingCommandsTests {
  private let loop = EmbeddedEventLoop()

  private func command(deadline: Int64, size: Int = 10) -> PendingCommand {
    let promise = loop.makePromise(of: RedisValue.self)
    promise.succeed(.null)
    return PendingCommand(
      reply: promise, deadline: .uptimeNanoseconds(UInt64(deadline)), size: size, call: nil, replicas: nil)
  }

  @Test("leave in the order they came")
  func order() {
    var pending = PendingCommands()
    for deadline in [3, 1, 2] as [Int64] { pending.append(command(deadline: deadline)) }
    #expect(pending.count == 3 && pending.bytes == 30)
    var deadlines: [UInt64] = []
    while let command = pending.popFirst() { deadlines.append(command.deadline.uptimeNanoseconds) }
    #expect(deadlines == [3, 1, 2])
    #expect(pending.count == 0 && pending.bytes == 0)
  }

  @Test("are bounded in number and in bytes")
  func bounds() {
    var few = PendingCommands(limits: .init(count: 2, bytes: 1_000))
    few.append(command(deadline: 1))
    #expect(few.refusal == nil)
    few.append(command(deadline: 1))
    #expect(few.refusal?.kind == .busy)
    _ = few.popFirst()
    #expect(few.refusal == nil)
    var small = PendingCommands(limits: .init(count: 100, bytes: 1_000))
    small.append(command(deadline: 1, size: 5_000))
    #expect(small.refusal?.kind == .busy)
    let removed = small.removeAll()
    #expect(removed.count == 1)
    #expect(small.refusal == nil && small.bytes == 0)
  }

  @Test("plan one check, for the oldest, and an earlier one only if the planned one is too late")
  func checks() {
    var pending = PendingCommands()
    #expect(pending.nextCheck(planned: nil) == nil)
    pending.append(command(deadline: 30))
    pending.append(command(deadline: 5))
    #expect(pending.nextCheck(planned: nil) == .uptimeNanoseconds(30))
    #expect(pending.nextCheck(planned: .uptimeNanoseconds(30)) == nil)
    #expect(!pending.isOverdue(at: .uptimeNanoseconds(29)))
    #expect(pending.isOverdue(at: .uptimeNanoseconds(30)))
    _ = pending.popFirst()
    #expect(pending.nextCheck(planned: .uptimeNanoseconds(30)) == .uptimeNanoseconds(5))
    #expect(pending.isOverdue(at: .uptimeNanoseconds(6)))
  }
}
