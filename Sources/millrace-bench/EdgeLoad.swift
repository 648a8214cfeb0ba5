// Webhooks as GitHub sends them: a push of 8 KB, signed, each with an id of its own.

import JSONCodec
import Verification

enum EdgeLoad {
  /// About 8 KB.
  static let push: String = {
    let commit = """
      {"id":"6dcb09b5b57875f334f61aebed695e2e4193db5e","message":"Fix all the bugs of the last release, and more",\
      "timestamp":"2026-05-01T12:00:00Z","author":{"name":"Mona","email":"mona@example.com","username":"mona"},\
      "added":["src/a.swift"],"removed":[],"modified":["src/b.swift","src/c.swift"]}
      """
    let commits = Array(repeating: commit, count: 27).joined(separator: ",")
    return #"{"ref":"refs/heads/main","repository":{"id":35129377,"full_name":"mona/gate"},"commits":[\#(commits)]}"#
  }()

  /// A script for wrk: the push with a new delivery id each time. `client` is what `X-Forwarded-For` says.
  static func script(on stage: Stage, name: String, secret: String, client: String) throws -> String {
    let signer = try RequestSigner.make(settings: ["provider": "github", "secrets": .string(secret)])
    let signed = try signer.sign(
      OutgoingRequest(publicURL: "http://127.0.0.1", body: Array(push.utf8), now: 0, id: "", event: "push"))
    let headers = signed.headers.fields.filter { $0.name.lowercased() != "x-github-delivery" }
      .map { "headers[\"\($0.name)\"] = \"\($0.value)\"\n" }.joined()
    return try stage.write(
      """
      local body = [==[\(push)]==]
      local headers = {}
      headers["Content-Type"] = "application/json"
      \(headers)
      local count, start = 0, os.time() .. "-" .. tostring({}):sub(8)
      function request()
        count = count + 1
        headers["X-GitHub-Delivery"] = start .. "-" .. count
        headers["X-Forwarded-For"] = \(client)
        return wrk.format("POST", nil, headers, body)
      end
      """, to: "\(name).lua")
  }
}
