import Executors
import Glibc
import Synchronization
import Testing

/// An actor on a polling executor, as the outgoing requests have one.
private actor Worker {
  nonisolated let executor: PollingExecutor
  private(set) var numbers: [Int] = []
  private(set) var news: [PollEvents] = []
  private var order: [String] = []
  private var waiter: CheckedContinuation<Void, Never>?

  init(executor: PollingExecutor) { self.executor = executor }

  nonisolated var unownedExecutor: UnownedSerialExecutor { executor.asUnownedSerialExecutor() }

  func append(_ number: Int) { numbers.append(number) }

  func threadName() -> String {
    executor.checkIsolated()
    let file = open("/proc/thread-self/comm", O_RDONLY)
    defer { close(file) }
    var name = [UInt8](repeating: 0, count: 32)
    let count = read(file, &name, name.count)
    return String(decoding: name.prefix(max(0, count - 1)), as: UTF8.self)
  }

  func watch(_ descriptor: Int32, _ events: PollEvents) {
    executor.watch(descriptor: descriptor, events: events) { news in
      self.assumeIsolated { $0.took(news, from: descriptor) }
    }
  }

  func unwatch(_ descriptor: Int32) { executor.unwatch(descriptor: descriptor) }

  func firstNews() async -> PollEvents {
    if news.isEmpty { await withCheckedContinuation { waiter = $0 } }
    return news[0]
  }

  private func took(_ events: PollEvents, from descriptor: Int32) {
    var byte: UInt8 = 0
    if events.contains(.readable) { read(descriptor, &byte, 1) }
    executor.unwatch(descriptor: descriptor)
    news.append(events)
    waiter?.resume()
    waiter = nil
  }

  func timerOrder() async -> [String] {
    await withCheckedContinuation { continuation in
      executor.setTimer(milliseconds: 60_000) { self.assumeIsolated { $0.order.append("replaced") } }
      executor.setTimer(milliseconds: 5) {
        self.assumeIsolated { $0.order.append("timer") }
        continuation.resume()
      }
      order.append("set")
    }
    return order
  }

  func setAndCancelTimer() {
    executor.setTimer(milliseconds: 0) { self.assumeIsolated { $0.order.append("cancelled") } }
    executor.cancelTimer()
  }

  func stopFromInside() { executor.shutdown() }
}

private func makePipe() -> (readEnd: Int32, writeEnd: Int32) {
  var ends: [Int32] = [0, 0]
  pipe(&ends)
  return (ends[0], ends[1])
}

@Suite struct PollingExecutorTests {
  @Test("An actor's jobs run on the named thread of its executor")
  func namedThread() async {
    let executor = PollingExecutor(name: "millrace-test-thread")
    #expect(await Worker(executor: executor).threadName() == "millrace-test-t")
    executor.shutdown()
  }

  @Test("Jobs of one sender run in the order they were sent")
  func order() async {
    let executor = PollingExecutor(name: "order")
    let worker = Worker(executor: executor)
    for number in 0..<10_000 { await worker.append(number) }
    #expect(await worker.numbers == Array(0..<10_000))
    executor.shutdown()
  }

  @Test("Jobs from many threads run one at a time and none is lost")
  func manySenders() async {
    let executor = PollingExecutor(name: "many")
    let worker = Worker(executor: executor)
    await withTaskGroup(of: Void.self) { group in
      for sender in 0..<50 {
        group.addTask { for number in 0..<200 { await worker.append(sender * 200 + number) } }
      }
    }
    #expect(await worker.numbers.sorted() == Array(0..<10_000))
    executor.shutdown()
  }

  @Test("A watched descriptor's handler runs on the executor when there is something to read")
  func readable() async {
    let executor = PollingExecutor(name: "readable")
    let worker = Worker(executor: executor)
    let (readEnd, writeEnd) = makePipe()
    await worker.watch(readEnd, .readable)
    write(writeEnd, [7], 1)
    #expect(await worker.firstNews() == .readable)
    executor.shutdown()
    close(readEnd)
    close(writeEnd)
  }

  @Test("A descriptor with room is writable, one whose other end is closed has failed")
  func writableAndFailed() async {
    let executor = PollingExecutor(name: "writable")
    let first = makePipe()
    let writer = Worker(executor: executor)
    await writer.watch(first.writeEnd, .writable)
    #expect(await writer.firstNews() == .writable)

    let second = makePipe()
    close(second.writeEnd)
    let reader = Worker(executor: executor)
    await reader.watch(second.readEnd, .readable)
    #expect(await reader.firstNews().contains(.failed))
    executor.shutdown()
    for descriptor in [first.readEnd, first.writeEnd, second.readEnd] { close(descriptor) }
  }

  @Test("An unwatched descriptor says nothing any more")
  func unwatched() async {
    let executor = PollingExecutor(name: "unwatched")
    let worker = Worker(executor: executor)
    let (readEnd, writeEnd) = makePipe()
    await worker.watch(readEnd, .readable)
    await worker.unwatch(readEnd)
    write(writeEnd, [7], 1)
    #expect(await worker.timerOrder() == ["set", "timer"])
    #expect(await worker.news.isEmpty)
    executor.shutdown()
    close(readEnd)
    close(writeEnd)
  }

  @Test("The timer fires once, after the job that set it; a later one replaces it")
  func timer() async {
    let executor = PollingExecutor(name: "timer")
    #expect(await Worker(executor: executor).timerOrder() == ["set", "timer"])
    executor.shutdown()
  }

  @Test("A cancelled timer does not fire")
  func cancelledTimer() async {
    let executor = PollingExecutor(name: "cancelled")
    let worker = Worker(executor: executor)
    await worker.setAndCancelTimer()
    #expect(await worker.timerOrder() == ["set", "timer"])
    executor.shutdown()
  }

  @Test("After the end jobs still run, one at a time and on no thread that stays")
  func afterTheEnd() async {
    let executor = PollingExecutor(name: "ended")
    let worker = Worker(executor: executor)
    await worker.append(-1)
    executor.shutdown()
    executor.shutdown()
    await withTaskGroup(of: Void.self) { group in
      for number in 0..<100 { group.addTask { await worker.append(number) } }
    }
    #expect(await worker.numbers.sorted() == Array(-1..<100))
  }

  @Test("An executor can be ended from its own thread")
  func endFromInside() async {
    let executor = PollingExecutor(name: "inside")
    let worker = Worker(executor: executor)
    await worker.stopFromInside()
    await worker.append(1)
    #expect(await worker.numbers == [1])
  }

  @Test("An ended executor is freed with its descriptors")
  func freed() async {
    weak var freed: PollingExecutor?
    do {
      let executor = PollingExecutor(name: "freed")
      freed = executor
      await Worker(executor: executor).append(1)
      executor.shutdown()
    }
    for _ in 0..<1_000 where freed != nil { await Task.yield() }
    #expect(freed == nil)
  }

  @Test("Only the executor's own thread counts as isolated")
  func isolation() async {
    let executor = PollingExecutor(name: "isolation")
    #expect(executor.isIsolatingCurrentContext() == false)
    #expect(executor.isSameExclusiveExecutionContext(other: executor))
    let other = PollingExecutor(name: "other")
    #expect(!executor.isSameExclusiveExecutionContext(other: other))
    executor.shutdown()
    other.shutdown()
  }
}
