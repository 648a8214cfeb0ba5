// Where the heart beats: not among what computes.

import ExecutionQueue
import NIOCore
import NIOPosix
import ProcessSupport
import Synchronization
import TestSupport
import Testing

@testable import WorkerService

@Suite("The heartbeat", .timeLimit(.minutes(1)))
struct HeartbeatTests {
  @Test("stays on the thread that it is given, after each pause too")
  func thread() async throws {
    let loop = NIOSingletons.posixEventLoopGroup.next()
    let stage = try await WorkerStage()
    let places = Mutex<[Bool]>([])
    let queue = ShakyQueue(
      stage.queue.deliveries(worker: "worker"), failures: [.heartbeat: 2],
      observe: { call in if call == .heartbeat { places.withLock { $0.append(loop.inEventLoop) } } })
    let service = HeartbeatService(queue: queue, executor: EventLoopTaskExecutor(loop), logger: WorkerStage.logger)
    let running = Task { try await service.run() }
    try await eventually("three beats") { places.withLock { $0.count } >= 3 }
    running.cancel()
    try await running.value
    #expect(places.withLock { $0.allSatisfy(\.self) })
  }
}
