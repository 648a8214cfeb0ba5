// The handler of a socket, on a channel without a socket and a clock that the test turns.

import NIOCore
import NIOEmbedded
import Testing

@testable import RedisClient

@Suite("The handler of a socket to Redis")
struct RedisChannelHandlerTests {
  /// A handler on an embedded channel, with everything that came out of it.
  final class Fixture {
    let channel = EmbeddedChannel()
    private(set) var handler: RedisChannelHandler!
    private(set) var replies: [String] = []
    private(set) var ends: [RedisError] = []

    init(limits: PendingCommands.Limits = .init()) throws {
      handler = RedisChannelHandler(address: "Redis at h:1", limits: limits) { [unowned self] in ends.append($0) }
      try channel.pipeline.syncOperations.addHandler(handler)
      channel.pipeline.fireChannelActive()
      try channel.connect(to: .init(ipAddress: "127.0.0.1", port: 1)).wait()
    }

    func send(
      _ name: String, call: ScriptCall? = nil, timeout: TimeAmount = .seconds(5), replicas: ReplicaWait? = nil
    ) {
      let promise = channel.eventLoop.makePromise(of: RedisValue.self)
      promise.futureResult.assumeIsolated().whenComplete { [unowned self] result in
        switch result {
        case .success(let value): replies.append("\(name)=\(value.text ?? "\(value)")")
        case .failure(let error as RedisError): replies.append("\(name)!\(error.kind)")
        case .failure(let error): replies.append("\(name)!\(error)")
        }
      }
      handler.send(RedisCommand(name), call: call, timeout: timeout, replicas: replicas, reply: promise)
    }

    func receive(_ text: String) throws { try channel.writeInbound(ByteBuffer(string: text)) }

    /// What each flush wrote since the last call.
    func writes() throws -> [String] {
      channel.embeddedEventLoop.run()
      var writes: [String] = []
      while let buffer = try channel.readOutbound(as: ByteBuffer.self) { writes.append(String(buffer: buffer)) }
      return writes
    }
  }

  private func wire(_ names: String...) -> String {
    names.map { "*1\r\n$\($0.utf8.count)\r\n\($0)\r\n" }.joined()
  }

  @Test("writes all commands of a turn at once, and nothing before its end")
  func oneWritePerTurn() throws {
    let fixture = try Fixture()
    for name in ["A", "B", "C"] { fixture.send(name) }
    #expect(try fixture.channel.readOutbound(as: ByteBuffer.self) == nil)
    #expect(try fixture.writes() == [wire("A", "B", "C")])
    fixture.send("D")
    #expect(try fixture.writes() == [wire("D")])
    #expect(try fixture.writes() == [])
  }

  @Test("gives replies to their commands in order, however they are cut")
  func order() throws {
    let fixture = try Fixture()
    for name in ["A", "B", "C", "D"] { fixture.send(name) }
    try fixture.receive("+1\r\n:2\r")
    try fixture.receive("\n-ERR no\r\n$1\r")
    try fixture.receive("\n4\r\n")
    #expect(fixture.replies == ["A=1", "B=2", "C!server", "D=4"])
    #expect(fixture.ends.isEmpty)
  }

  @Test("sends a command from within a reply's callback in the next write")
  func reentrancy() throws {
    let fixture = try Fixture()
    let promise = fixture.channel.eventLoop.makePromise(of: RedisValue.self)
    promise.futureResult.assumeIsolated().whenSuccess { _ in fixture.send("B") }
    fixture.handler.send(RedisCommand("A"), timeout: .seconds(1), reply: promise)
    #expect(try fixture.writes() == [wire("A")])
    try fixture.receive("+1\r\n")
    #expect(try fixture.writes() == [wire("B")])
    try fixture.receive("+2\r\n")
    #expect(fixture.replies == ["B=2"])
  }

  @Test("closes when the oldest is overdue: that one timed out, the later ones are lost")
  func deadline() throws {
    let fixture = try Fixture()
    fixture.send("A", timeout: .milliseconds(100))
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(60))
    fixture.send("B", timeout: .milliseconds(100))
    fixture.send("C", timeout: .milliseconds(10))
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(39))
    #expect(fixture.replies.isEmpty)
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(fixture.replies == ["A!timeout", "B!disconnected", "C!timeout"])
    #expect(fixture.ends.map(\.kind) == [.timeout])
    #expect(!fixture.channel.isActive)
  }

  @Test("looks at a short deadline in time when it comes up behind a long one")
  func shortBehindLong() throws {
    let fixture = try Fixture()
    fixture.send("BLOCK", timeout: .seconds(30))
    fixture.send("A", timeout: .seconds(1))
    try fixture.receive("+1\r\n")
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(999))
    #expect(fixture.replies == ["BLOCK=1"])
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(1))
    #expect(fixture.replies == ["BLOCK=1", "A!timeout"])
  }

  @Test("lets commands that are answered in time pass through many deadlines")
  func answeredInTime() throws {
    let fixture = try Fixture()
    for _ in 0..<100 {
      fixture.send("A", timeout: .milliseconds(100))
      fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(70))
      try fixture.receive("+1\r\n")
    }
    #expect(fixture.replies.count == 100 && fixture.ends.isEmpty)
  }

  @Test("spares an overdue command while a reply is coming in, until that stands still for two seconds")
  func slowReply() throws {
    let fixture = try Fixture()
    let loop = fixture.channel.embeddedEventLoop
    for name in ["A", "B", "C"] { fixture.send(name, timeout: .milliseconds(100)) }
    for piece in ["$6\r\nab", "cd", "ef"] {
      try fixture.receive(piece)
      loop.advanceTime(by: .milliseconds(1_900))
    }
    #expect(fixture.replies.isEmpty && fixture.ends.isEmpty)
    // The next one stood behind it, and is spared too.
    try fixture.receive("\r\n")
    loop.advanceTime(by: .milliseconds(1_900))
    try fixture.receive("*2\r\n:1\r\n")
    loop.advanceTime(by: .milliseconds(1_999))
    #expect(fixture.replies == ["A=abcdef"] && fixture.ends.isEmpty)
    loop.advanceTime(by: .milliseconds(1))
    #expect(fixture.replies == ["A=abcdef", "B!timeout", "C!timeout"])
    #expect(fixture.ends.map(\.kind) == [.timeout])
  }

  @Test("spares nobody for bytes that came before, of replies that were whole")
  func wholeReplies() throws {
    let fixture = try Fixture()
    for name in ["A", "B"] { fixture.send(name, timeout: .milliseconds(100)) }
    try fixture.receive("*1\r\n:1\r\n")
    fixture.channel.embeddedEventLoop.advanceTime(by: .milliseconds(100))
    #expect(fixture.replies.last == "B!timeout")
  }

  // MARK: Replicas

  private let one = ReplicaWait(count: 1, patience: .seconds(1))
  private let wait = "*3\r\n$4\r\nWAIT\r\n$1\r\n1\r\n$4\r\n1000\r\n"

  @Test("asks the replicas once for all that was done, and again for what was done meanwhile")
  func confirmations() throws {
    let fixture = try Fixture()
    for name in ["A", "B", "C"] { fixture.send(name, replicas: one) }
    fixture.send("D")
    _ = try fixture.writes()
    try fixture.receive("+1\r\n+2\r\n+3\r\n+4\r\n")
    #expect(try fixture.writes() == [wait])
    #expect(fixture.replies == ["D=4"])
    for name in ["E", "F"] { fixture.send(name, replicas: one) }
    #expect(try fixture.writes() == [wire("E", "F")])
    try fixture.receive(":1\r\n+5\r\n")
    #expect(fixture.replies == ["D=4", "A=1", "B=2", "C=3"])
    // One that is done while a WAIT is under way is left to the next.
    #expect(try fixture.writes() == [wait])
    try fixture.receive("+6\r\n:0\r\n")
    #expect(fixture.replies.suffix(1) == ["E!noReplicas"])
    #expect(try fixture.writes() == [wait])
    try fixture.receive(":2\r\n")
    #expect(fixture.replies.suffix(2) == ["E!noReplicas", "F=6"])
    #expect(try fixture.writes() == [])
  }

  @Test("fails what no replica has confirmed when the socket closes, each once")
  func unconfirmed() throws {
    let fixture = try Fixture()
    for name in ["A", "B"] { fixture.send(name, replicas: one) }
    try fixture.receive("+1\r\n")
    try fixture.receive("+2\r\n")
    fixture.channel.pipeline.fireChannelInactive()
    #expect(fixture.replies.sorted() == ["A!disconnected", "B!disconnected"])
  }

  @Test("ends on bytes that are not Redis's, and on replies nobody asked for")
  func violations() throws {
    let garbage = try Fixture()
    garbage.send("A")
    try garbage.receive("HTTP/1.1 400 Bad Request\r\n")
    #expect(garbage.replies == ["A!disconnected"])
    #expect(garbage.ends.map(\.kind) == [.protocolViolation])
    let unasked = try Fixture()
    try unasked.receive("+1\r\n")
    #expect(unasked.ends.map(\.message) == ["Redis at h:1 sent a reply nobody asked for"])
  }

  @Test("sends a script call again with its source, once, when Redis has lost the script")
  func noScript() throws {
    let fixture = try Fixture()
    let call = ScriptCall(RedisScript(name: "s", source: "return 1"), keys: [], capacity: 0) { _ in }
    fixture.send("FIRST", call: call)
    fixture.send("SECOND")
    _ = try fixture.writes()
    try fixture.receive("-NOSCRIPT No matching script.\r\n+2\r\n")
    #expect(try fixture.writes() == ["*3\r\n$4\r\nEVAL\r\n$8\r\nreturn 1\r\n$1\r\n0\r\n"])
    try fixture.receive("-NOSCRIPT again\r\n")
    #expect(fixture.replies == ["SECOND=2", "FIRST!noScript"])
  }

  @Test("fails everything once when the socket closes, and refuses what comes later")
  func closed() throws {
    let fixture = try Fixture()
    fixture.send("A")
    fixture.channel.pipeline.fireChannelInactive()
    fixture.send("B")
    #expect(fixture.replies == ["A!disconnected", "B!disconnected"])
    #expect(fixture.ends.map(\.message) == ["lost the connection to Redis at h:1: the server closed the connection"])
    #expect(try fixture.writes() == [])
  }

  @Test("refuses commands beyond its bound without losing those before")
  func bound() throws {
    let fixture = try Fixture(limits: .init(count: 2, bytes: 1 << 20))
    for name in ["A", "B", "C"] { fixture.send(name) }
    #expect(fixture.replies == ["C!busy"])
    try fixture.receive("+1\r\n+2\r\n")
    fixture.send("D")
    try fixture.receive("+4\r\n")
    #expect(fixture.replies == ["C!busy", "A=1", "B=2", "D=4"])
  }
}
