import OutboundHTTP
import ProcessSupport
import TestSupport
import Testing

@Suite struct EgressTests {
  @Test(
    "Private addresses are refused however they are written",
    arguments: [
      "127.0.0.1", "localhost", "2130706433", "0x7f.1", "127.1", "[::ffff:127.0.0.1]", "[::1]", "0.0.0.0", "[::]",
      "169.254.169.254", "10.0.0.1", "[fd00::1]",
    ])
  func refused(host: String) async throws {
    let target = try await HTTPTarget.start()
    let request = OutboundRequest(url: "http://\(host):\(target.port)/x?secret", timeout: .seconds(5))
    let error = try await withTransport(EgressPolicy(allow: [])) { await failure(of: request, $0) }
    #expect(error?.kind == .refusedAddress, "\(error?.message ?? "")")
    #expect(error?.message.contains("MILLRACE_EGRESS_ALLOW") == true)
    #expect(error?.message.contains("secret") == false)
    #expect(target.connectionCount == 0)
    await target.stop()
  }

  @Test("The message names host, address and setting")
  func message() async throws {
    let error = try await withTransport(EgressPolicy(allow: [])) {
      await failure(of: OutboundRequest(method: "POST", url: "http://127.1:1/x"), $0)
    }
    #expect(
      error?.message
        == "POST http://127.0.0.1:1/x: 127.0.0.1 is a private address, which requests may not reach; "
        + "to allow it, add 127.0.0.1 to MILLRACE_EGRESS_ALLOW")
  }

  @Test("An IPv6 address in the URL is not told twice")
  func messageOfIPv6() async throws {
    let error = try await withTransport(EgressPolicy(allow: [])) {
      await failure(of: OutboundRequest(url: "http://[::1]:1/"), $0)
    }
    #expect(error?.message.contains(": [::1] is a private address, which") == true, "\(error?.message ?? "")")
  }

  @Test("Where one of a name's addresses is allowed, that one counts")
  func oneOfTwo() async throws {
    // localhost is ::1, too.
    let port = try FreePort.next()
    let error = try await withTransport(allowing("127.0.0.1/32")) {
      await failure(of: OutboundRequest(url: "http://localhost:\(port)/"), $0)
    }
    #expect(error?.kind == .connect, "\(error?.message ?? "")")
  }

  @Test("A redirect to a private address is refused although the first address is allowed")
  func redirect() async throws {
    let inner = try await HTTPTarget.start(host: "127.0.0.2")
    let target = try await HTTPTarget.start(answering: .redirect(to: inner.url()))
    let error = try await withTransport(allowing("127.0.0.1/32")) {
      await failure(of: OutboundRequest(url: target.url()), $0)
    }
    #expect(error?.kind == .refusedAddress)
    #expect(error?.message.contains("127.0.0.2") == true)
    #expect(target.count == 1)
    #expect(inner.connectionCount == 0)
    await inner.stop()
    await target.stop()
  }

  @Test("A mapped IPv4 address is the IPv4 address that may be allowed")
  func mapped() async throws {
    let policy = try allowing("127.0.0.1/32")
    #expect(policy.permits(try #require(IPAddress("::ffff:127.0.0.1"))))
    #expect(!policy.permits(try #require(IPAddress("127.0.0.2"))))
    #expect(policy.permits(try #require(IPAddress("1.1.1.1"))))
  }

  @Test("A proxy's own address is checked, and the proxy is used")
  func proxy() async throws {
    let proxy = try await HTTPTarget.start(answering: .text("from the proxy"))
    let request = OutboundRequest(url: "http://shop.invalid/x", proxy: proxy.url())
    let response = try await withTransport { try await $0.send(request) }
    #expect(response.body == Array("from the proxy".utf8))
    #expect(proxy.requests.first?.uri == "http://shop.invalid/x")
    let error = try await withTransport(EgressPolicy(allow: [])) { await failure(of: request, $0) }
    #expect(error?.kind == .refusedAddress)
    await proxy.stop()
  }
}
