import Glibc
import OutboundHTTP
import TestSupport
import Testing

@Suite struct FailureTests {
  @Test("An answer that does not come in time is a timeout, and the server is let go")
  func timeout() async throws {
    let target = try await HTTPTarget.start { _ in
      try? await Task.sleep(for: .seconds(60))
      return .ok
    }
    let error = try await withTransport {
      await failure(of: OutboundRequest(url: target.url(), timeout: .milliseconds(150)), $0)
    }
    #expect(error?.kind == .timeout)
    #expect(error?.message == "GET \(target.url()): not done within 150 ms: no answer yet")
    await target.stop()
  }

  @Test("Waiting for a free connection is part of the timeout")
  func timeoutInLine() async throws {
    let target = try await HTTPTarget.start { request in
      if request.path == "/slow" { try? await Task.sleep(for: .seconds(60)) }
      return .ok
    }
    try await withTransport(connectionsPerHost: 1) { transport in
      let slow = Task { try await transport.send(OutboundRequest(url: target.url("/slow"))) }
      try await target.waitFor(count: 1)
      let late = await failure(of: OutboundRequest(url: target.url("/fast"), timeout: .milliseconds(100)), transport)
      #expect(late?.kind == .timeout)
      #expect(late?.message.contains("no free connection") == true, "\(late?.message ?? "")")
      slow.cancel()
      _ = await slow.result
      // The cancelled one has made room.
      let answer1 = try await transport.send(OutboundRequest(url: target.url("/fast")))
      #expect(answer1.status == 200)
    }
    await target.stop()
  }

  @Test("Waiting for room in this process is part of the timeout too, and nothing has been sent then")
  func timeoutForRoom() async throws {
    let target = try await HTTPTarget.start { request in
      if request.path == "/slow" { try? await Task.sleep(for: .seconds(60)) }
      return .ok
    }
    try await withTransport(descriptors: 4) { transport in
      let slow = Task { try await transport.send(OutboundRequest(url: target.url("/slow"))) }
      try await target.waitFor(count: 1)
      let late = await failure(of: OutboundRequest(url: target.url("/fast"), timeout: .milliseconds(100)), transport)
      #expect(late?.kind == .timeout)
      #expect(late?.mayHaveBeenSent == false)
      slow.cancel()
      _ = await slow.result
      #expect(try await transport.send(OutboundRequest(url: target.url("/fast"))).status == 200)
    }
    await target.stop()
  }

  @Test("A refused connection is told with host and reason")
  func refused() async throws {
    let port = try FreePort.next()
    let error = try await withTransport {
      await failure(of: OutboundRequest(url: "http://127.0.0.1:\(port)/x"), $0)
    }
    #expect(error?.kind == .connect)
    #expect(
      error?.message == "GET http://127.0.0.1:\(port)/x: cannot connect to 127.0.0.1: Connection refused")
  }

  @Test("A connection that is not accepted ends with the connect timeout")
  func connectTimeout() async throws {
    let listener = try FullListener()
    let request = OutboundRequest(
      url: "http://127.0.0.1:\(listener.port)/", timeout: .seconds(30), connectTimeout: .milliseconds(200))
    let error = try await withTransport { await failure(of: request, $0) }
    #expect(error?.kind == .timeout)
    #expect(error?.message.contains("not connected to 127.0.0.1 within 200 ms") == true, "\(error?.message ?? "")")
    listener.stop()
  }

  @Test("A name without an address is told")
  func unresolved() async throws {
    let error = try await withTransport {
      await failure(of: OutboundRequest(url: "http://nothing-here.invalid/", connectTimeout: .seconds(20)), $0)
    }
    #expect(error?.kind == .resolve)
    #expect(error?.message.contains("nothing-here.invalid") == true)
  }

  @Test("A server that closes without an answer has broken the protocol")
  func dropped() async throws {
    let target = try await HTTPTarget.start(answering: .dropped)
    let error = try await withTransport { await failure(of: OutboundRequest(url: target.url()), $0) }
    #expect(error?.kind == .protocolViolation)
    #expect(error?.message.contains("without an answer") == true)
    await target.stop()
  }

  @Test("A body up to the limit is taken, one byte more is not")
  func limit() async throws {
    let target = try await HTTPTarget.start(answering: .init(body: binary))
    try await withTransport { transport in
      let fits = OutboundRequest(url: target.url(), maxBody: binary.count)
      let answer2 = try await transport.send(fits)
      #expect(answer2.body == binary)
      let error = await failure(of: OutboundRequest(url: target.url(), maxBody: binary.count - 1), transport)
      #expect(error?.kind == .tooLarge)
      #expect(error?.message.contains("limit of \(binary.count - 1) bytes") == true)
    }
    await target.stop()
  }

  @Test("Endless headers are broken off")
  func longHead() async throws {
    let headers = (0..<3).map { (name: "X-\($0)", value: String(repeating: "a", count: 90_000)) }
    let target = try await HTTPTarget.start(answering: .init(headers: headers))
    let error = try await withTransport { await failure(of: OutboundRequest(url: target.url()), $0) }
    #expect(error?.kind == .tooLarge, "\(error?.message ?? "")")
    await target.stop()
  }

  @Test("A cancelled task's transfer ends at once")
  func cancellation() async throws {
    let target = try await HTTPTarget.start { _ in
      try? await Task.sleep(for: .seconds(60))
      return .ok
    }
    try await withTransport { transport in
      let task = Task { await failure(of: OutboundRequest(url: target.url()), transport) }
      try await target.waitFor(count: 1)
      let start = ContinuousClock.now
      task.cancel()
      #expect(await task.value?.kind == .canceled)
      #expect(start.duration(to: .now) < .seconds(5))
    }
    await target.stop()
  }

  @Test("A task that is cancelled already sends nothing")
  func cancelledBefore() async throws {
    let target = try await HTTPTarget.start()
    try await withTransport { transport in
      let task = Task {
        withUnsafeCurrentTask { $0?.cancel() }
        return await failure(of: OutboundRequest(url: target.url()), transport)
      }
      #expect(await task.value?.kind == .canceled)
    }
    #expect(target.connectionCount == 0)
    await target.stop()
  }

  @Test("The shutdown fails what is running and what comes later")
  func shutdown() async throws {
    let target = try await HTTPTarget.start { _ in
      try? await Task.sleep(for: .seconds(60))
      return .ok
    }
    let transport = HTTPTransport(egress: try loopbackAllowed())
    let running = Task { await failure(of: OutboundRequest(url: target.url()), transport) }
    try await target.waitFor(count: 1)
    await transport.shutdown()
    #expect(await running.value?.kind == .closed)
    #expect(await failure(of: OutboundRequest(url: target.url()), transport)?.kind == .closed)
    await transport.shutdown()
    await target.stop()
  }

  @Test("A transport that is let go of is freed with its thread")
  func letGo() async throws {
    let target = try await HTTPTarget.start()
    weak var freed: HTTPTransport?
    do {
      let transport = HTTPTransport(egress: try loopbackAllowed())
      freed = transport
      _ = try await transport.send(OutboundRequest(url: target.url()))
    }
    try await eventually("the transport is freed") { freed == nil }
    await target.stop()
  }

  @Test("Proxies of the environment are ignored")
  func environmentProxy() async throws {
    // In a process of its own, because the environment is every test's.
    await #expect(processExitsWith: .success) {
      for name in ["http_proxy", "https_proxy", "all_proxy", "ALL_PROXY"] { setenv(name, "http://127.0.0.1:1", 1) }
      let target = try await HTTPTarget.start()
      let transport = HTTPTransport(egress: try loopbackAllowed())
      let response = try await transport.send(OutboundRequest(url: target.url()))
      #expect(response.status == 200)
      await transport.shutdown()
    }
  }
}

/// A listening socket whose line of waiting connections is full, so that further ones are not accepted.
private final class FullListener {
  let port: Int
  private var descriptors: [Int32] = []

  init() throws {
    port = try FreePort.next()
    var address = sockaddr_in()
    address.sin_family = sa_family_t(AF_INET)
    address.sin_port = in_port_t(port).bigEndian
    address.sin_addr.s_addr = inet_addr("127.0.0.1")
    let size = socklen_t(MemoryLayout<sockaddr_in>.size)
    for index in 0..<8 {
      let kind = Int32(SOCK_STREAM.rawValue) | (index > 0 ? Int32(SOCK_NONBLOCK.rawValue) : 0)
      let descriptor = socket(AF_INET, kind, 0)
      descriptors.append(descriptor)
      withUnsafePointer(to: address) { pointer in
        pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { generic in
          if index == 0 {
            bind(descriptor, generic, size)
            listen(descriptor, 0)
          } else {
            _ = connect(descriptor, generic, size)
          }
        }
      }
    }
  }

  func stop() { for descriptor in descriptors { close(descriptor) } }
}
