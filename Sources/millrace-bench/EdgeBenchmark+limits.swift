// What the edge holds at its limits: connections that say nothing, and a queue that takes nothing.

import NIOCore
import NIOPosix
import ProcessSupport

extension EdgeBenchmark {
  private static let idleCount = 10_000

  /// Each connection has sent one webhook and stays open.
  func idleConnections(_ place: Place) async throws -> SummaryRow {
    let allowed = DescriptorLimit.raise(for: Self.idleCount + 100)
    guard allowed >= Self.idleCount + 100 else {
      throw BenchError("only \(allowed) descriptors are allowed; ulimit -n \(Self.idleCount + 100)")
    }
    let before = place.ingest.residentMemory
    let request = Self.request(to: BenchWorkflow.asynchronous.path)
    var connections: [any Channel] = []
    for batch in stride(from: 0, to: Self.idleCount, by: 200) {
      let opened = try await withThrowingTaskGroup(of: (any Channel).self) { group in
        for _ in batch..<min(batch + 200, Self.idleCount) {
          group.addTask { try await Self.connection(to: place.port, sending: request) }
        }
        return try await group.reduce(into: []) { $0.append($1) }
      }
      connections += opened
    }
    let after = place.ingest.residentMemory
    Output.line(
      "\nIdle connections: \(Figure.grouped(connections.count(where: \.isActive))), each after one webhook; resident "
        + "memory of millrace-ingest \(Figure.bytes(before)) before, \(Figure.bytes(after)) with them.")
    for connection in connections { connection.close(promise: nil) }
    return SummaryRow(
      what: "resident memory of millrace-ingest with \(Figure.grouped(Self.idleCount)) idle connections",
      millrace: Figure.bytes(after))
  }

  private static func request(to path: String) -> String {
    "POST \(path) HTTP/1.1\r\nHost: bench\r\nContent-Type: application/json\r\n"
      + "Content-Length: \(Load.body.utf8.count)\r\n\r\n\(Load.body)"
  }

  /// Returns when its first answer has begun to arrive.
  private static func connection(to port: Int, sending request: String) async throws -> any Channel {
    let channel = try await ClientBootstrap(group: MultiThreadedEventLoopGroup.singleton)
      .connect(host: "127.0.0.1", port: port) { channel in
        channel.eventLoop.makeCompletedFuture {
          let answered = channel.eventLoop.makePromise(of: Void.self)
          try channel.pipeline.syncOperations.addHandler(FirstBytes(answered))
          return (channel, answered.futureResult)
        }
      }
    try await channel.0.writeAndFlush(ByteBuffer(string: request))
    try await channel.1.get()
    return channel.0
  }

  /// A sender's question while the backlog is full.
  func questions(_ place: Place) async throws -> SummaryRow {
    let ingest = try await place.setup.startIngest(eventLoops: surroundings.eventLoops, ["--backlog", "1"])
    let probe = HTTPProbe(port: ingest.port)
    try await eventually("the backlog is full") {
      try probe.post(BenchWorkflow.asynchronous.path).status == 503
    }
    var times: [Double] = []
    for number in 0..<500 {
      let start = ContinuousClock.now
      let answer = try probe.get("\(BenchWorkflow.asked.path)?challenge=c\(number)")
      times.append((ContinuousClock.now - start).seconds)
      guard answer.status == 200, answer.body == "c\(number)" else { throw BenchError("a question was not answered") }
    }
    let longest = times.max()
    Output.line(
      "\nA sender's question while the backlog is full, over a new connection: median "
        + "\(Figure.milliseconds(times.median)), the longest of \(times.count) \(Figure.milliseconds(longest)).")
    await place.stage.stop(ingest.program)
    return SummaryRow(
      what: "a sender's question while the backlog is full, the longest of \(times.count)",
      millrace: Figure.milliseconds(longest))
  }
}

private final class FirstBytes: ChannelInboundHandler {
  typealias InboundIn = ByteBuffer

  private var answered: EventLoopPromise<Void>?

  init(_ answered: EventLoopPromise<Void>) {
    self.answered = answered
  }

  func channelRead(context: ChannelHandlerContext, data: NIOAny) {
    answered?.succeed()
    answered = nil
  }

  func channelInactive(context: ChannelHandlerContext) {
    answered?.fail(ChannelError.eof)
    answered = nil
  }
}
