import OutboundHTTP
import TestSupport
import Testing

@Suite struct ConnectionTests {
  @Test("A second request goes over the first one's connection")
  func reuse() async throws {
    let target = try await HTTPTarget.start()
    try await withTransport { transport in
      let first = try await transport.send(OutboundRequest(url: target.url())).timing
      let second = try await transport.send(OutboundRequest(method: "POST", url: target.url())).timing
      #expect(!first.reused)
      #expect(second.reused)
      #expect(second.connect == 0 && second.dns == 0 && second.tls == 0)
      #expect(first.total > 0 && first.total >= first.dns + first.connect)
      #expect(first.firstByte > 0 && first.firstByte <= first.total)
    }
    #expect(target.connectionCount == 1)
    await target.stop()
  }

  @Test("A thousand requests run at once, each with its own answer")
  func thousand() async throws {
    let count = 1_000
    let gate = Gate()
    let target = try await HTTPTarget.start { request in
      await gate.wait()
      return .init(headers: [("X-Path", request.path)], body: request.body)
    }
    try await withTransport(connectionsPerHost: count) { transport in
      try await withThrowingTaskGroup(of: Void.self) { group in
        for number in 0..<count {
          group.addTask {
            let body = Array("body \(number)".utf8)
            let response = try await transport.send(
              OutboundRequest(
                method: "POST", url: target.url("/\(number)"), body: .bytes(body, contentType: nil),
                timeout: .seconds(60)))
            #expect(response.body == body)
            #expect(response.header("x-path") == "/\(number)")
          }
        }
        // All are there before the first is answered.
        try await target.waitFor(count: count, timeout: .seconds(50))
        await gate.open()
        try await group.waitForAll()
      }
    }
    #expect(target.connectionCount == count)
    await target.stop()
  }

  @Test(
    "More requests than connections, or than there are descriptors for, wait in line, some are cancelled, and the rest is answered",
    arguments: [(4, 65_536), (64, 16)])
  func inLine(connections: Int, descriptors: Int) async throws {
    let target = try await HTTPTarget.start { .init(body: $0.body) }
    try await withTransport(connectionsPerHost: connections, descriptors: descriptors) { transport in
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<400 {
          group.addTask {
            let task = Task {
              try await transport.send(
                OutboundRequest(
                  method: "POST", url: target.url(), body: .bytes([UInt8(number & 255)], contentType: nil)))
            }
            if number % 5 == 0 { task.cancel() }
            switch await task.result {
            case .success(let response): return response.body == [UInt8(number & 255)]
            case .failure(let error): return number % 5 == 0 && (error as? OutboundError)?.kind == .canceled
            }
          }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
    #expect(target.connectionCount >= 4)
    await target.stop()
  }

  @Test("No descriptor is left behind")
  func descriptors() async throws {
    let target = try await HTTPTarget.start()
    let transport = HTTPTransport(egress: try loopbackAllowed())
    for _ in 0..<20 { _ = try await transport.send(OutboundRequest(url: target.url())) }
    #expect(target.openConnectionCount == 1)
    await transport.shutdown()
    try await eventually("the connections are closed") { target.openConnectionCount == 0 }
    await target.stop()
  }
}

/// Holds everybody until it is opened.
private actor Gate {
  private var isOpen = false
  private var waiting: [CheckedContinuation<Void, Never>] = []

  func wait() async {
    if isOpen { return }
    await withCheckedContinuation { waiting.append($0) }
  }

  func open() {
    isOpen = true
    for continuation in waiting { continuation.resume() }
    waiting = []
  }
}
