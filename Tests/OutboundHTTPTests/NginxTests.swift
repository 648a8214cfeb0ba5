import OutboundHTTP
import TestSupport
import Testing

@Suite struct NginxTests {
  private func tls(_ nginx: NginxServer) -> OutboundRequest.TLSOptions {
    .init(authorities: nginx.certificateFile)
  }

  @Test("HTTP/2 is spoken where TLS offers it, over one connection for many requests")
  func http2() async throws {
    let nginx = try await NginxServer.start(
      secure: true, #"location / { return 200 "$server_protocol $request_uri $connection"; }"#)
    try await withTransport { transport in
      let options = tls(nginx)
      let first = try await transport.send(OutboundRequest(url: nginx.url("/first"), tls: options))
      #expect(first.httpVersion == "2")
      #expect(String(decoding: first.body, as: UTF8.self).hasPrefix("HTTP/2.0 /first "))
      #expect(first.timing.tls > 0)
      #expect(first.headers.allSatisfy { $0.name == $0.name.lowercased() })
      let connections = try await withThrowingTaskGroup(of: Substring.self) { group in
        for number in 0..<100 {
          group.addTask {
            let response = try await transport.send(OutboundRequest(url: nginx.url("/\(number)"), tls: options))
            return String(decoding: response.body, as: UTF8.self).split(separator: " ").last ?? ""
          }
        }
        return try await group.reduce(into: Set<Substring>()) { $0.insert($1) }
      }
      #expect(connections.count == 1)
    }
    nginx.stop()
  }

  @Test("Cancelled HTTP/2 requests leave the others of their connection alone")
  func http2Cancellation() async throws {
    let body = [UInt8](repeating: 66, count: 200_000)
    let nginx = try await NginxServer.start(secure: true, files: ["body": body], "")
    try await withTransport { transport in
      let request = OutboundRequest(url: nginx.url("/body"), tls: tls(nginx))
      await withTaskGroup(of: Bool.self) { group in
        for number in 0..<300 {
          group.addTask {
            let task = Task { try await transport.send(request).body }
            if number % 3 == 0 {
              await Task.yield()
              task.cancel()
            }
            switch await task.result {
            case .success(let answer): return answer == body
            case .failure(let error): return number % 3 == 0 && (error as? OutboundError)?.kind == .canceled
            }
          }
        }
        for await isRight in group { #expect(isRight) }
      }
    }
    nginx.stop()
  }

  @Test("An untrusted certificate is refused with words that help, unless verification is off")
  func untrusted() async throws {
    let nginx = try await NginxServer.start(secure: true, "location / { return 204; }")
    try await withTransport { transport in
      let error = await failure(of: OutboundRequest(url: nginx.url("/x?secret")), transport)
      #expect(error?.kind == .tls)
      #expect(
        error?.message.hasPrefix(
          "GET https://127.0.0.1:\(nginx.port)/x: the TLS certificate of 127.0.0.1 is not trusted") == true,
        "\(error?.message ?? "")")
      #expect(error?.message.contains("tls settings") == true)
      let lenient = OutboundRequest(url: nginx.url(), tls: .init(verify: false))
      let answer1 = try await transport.send(lenient)
      #expect(answer1.status == 204)
      // The connection made without verification must not serve a request that asks for it.
      #expect(await failure(of: OutboundRequest(url: nginx.url()), transport)?.kind == .tls)
    }
    nginx.stop()
  }

  @Test("A certificate for another name is refused")
  func otherName() async throws {
    let nginx = try await NginxServer.start(secure: true, "location / { return 204; }")
    try await withTransport { transport in
      let request = OutboundRequest(url: "https://127.0.0.1.:\(nginx.port)/", tls: tls(nginx))
      let byName = OutboundRequest(url: nginx.url(host: "localhost"), tls: tls(nginx))
      let answer2 = try await transport.send(byName)
      #expect(answer2.status == 204)
      let kind = await failure(of: request, transport)?.kind
      #expect(kind == .tls || kind == .resolve)
    }
    nginx.stop()
  }

  @Test("A missing file of authorities is named")
  func missingAuthorities() async throws {
    let nginx = try await NginxServer.start(secure: true, "location / { return 204; }")
    let request = OutboundRequest(url: nginx.url(), tls: .init(authorities: "/nowhere/authority.pem"))
    let error = try await withTransport { await failure(of: request, $0) }
    #expect(error?.kind == .tls)
    #expect(error?.message.contains("/nowhere/authority.pem") == true)
    nginx.stop()
  }

  @Test("A port that does not speak TLS is told")
  func plainPort() async throws {
    let target = try await HTTPTarget.start()
    let error = try await withTransport {
      await failure(of: OutboundRequest(url: "https://127.0.0.1:\(target.port)/"), $0)
    }
    #expect(error?.kind == .tls, "\(error?.message ?? "")")
    await target.stop()
  }

  @Test("Compressed answers are decompressed")
  func gzip() async throws {
    let text = Array(String(repeating: "all work and no play ", count: 2_000).utf8)
    let nginx = try await NginxServer.start(
      files: ["text": text], "gzip on; gzip_types *; gzip_min_length 1; gzip_http_version 1.0;")
    let response = try await withTransport { try await $0.send(OutboundRequest(url: nginx.url("/text"))) }
    #expect(response.header("content-encoding") == "gzip")
    #expect(response.body == text)
    nginx.stop()
  }

  @Test("The limit holds for decompressed bytes")
  func bomb() async throws {
    let zeros = [UInt8](repeating: 0, count: 20_000_000)
    let nginx = try await NginxServer.start(
      files: ["bomb": zeros], "gzip on; gzip_types *; gzip_min_length 1; gzip_comp_level 1;")
    let error = try await withTransport {
      await failure(of: OutboundRequest(url: nginx.url("/bomb"), maxBody: 100_000), $0)
    }
    #expect(error?.kind == .tooLarge)
    nginx.stop()
  }

  @Test("A redirect from http to https is followed, and its authorization left behind")
  func upgrade() async throws {
    let secure = try await NginxServer.start(secure: true, #"location / { return 200 "[$http_authorization]"; }"#)
    let plain = try await NginxServer.start("location / { return 307 \(secure.url("/final")); }")
    let request = OutboundRequest(
      method: "POST", url: plain.url(), body: .bytes(binary, contentType: nil),
      authorization: .bearer(token: "secret"), tls: tls(secure))
    let response = try await withTransport { try await $0.send(request) }
    #expect(response.url == secure.url("/final"))
    #expect(String(decoding: response.body, as: UTF8.self) == "[]")
    plain.stop()
    secure.stop()
  }

  @Test("Uploads are taken whole, also when a redirect answers before all is sent", arguments: [50_000, 300_000])
  func upload(size: Int) async throws {
    let nginx = try await NginxServer.start(
      secure: true,
      """
      client_max_body_size 10m;
      location /a { return 307 /b; }
      location /b { return 200 "$request_method $content_length"; }
      """)
    let body = [UInt8](repeating: 65, count: size)
    let request = OutboundRequest(
      method: "PUT", url: nginx.url("/a"), body: .bytes(body, contentType: nil), tls: tls(nginx))
    let response = try await withTransport { try await $0.send(request) }
    // Long ones go over HTTP/1.1, see EasyHandle+request.
    #expect(response.httpVersion == (size < 60_000 ? "2" : "1.1"))
    #expect(String(decoding: response.body, as: UTF8.self) == "PUT \(size)")
    nginx.stop()
  }
}
