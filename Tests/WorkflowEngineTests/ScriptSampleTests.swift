// The three samples of the page that users come from, as they stand there.

import Foundation
import JSONCodec
import Testing
import WorkflowEngine

@Suite("Scripts that users bring along")
struct ScriptSampleTests {
  private static let signature = """
    const crypto = require('crypto');
    const signature = context.headers['x-hub-signature-256'];
    const payload = JSON.stringify(context.data);
    const secret = 'your-webhook-secret';
    const expectedSignature = 'sha256=' + crypto
    .createHmac('sha256', secret)
    .update(payload)
    .digest('hex');
    if (signature !== expectedSignature) {
    throw new Error('Invalid signature');
    }
    """

  /// HMAC-SHA256 of the payload, made with OpenSSL's command.
  private static let payload =
    #"{"ref":"refs/heads/main","commits":[{"id":"7f1","message":"Größe – ok"}],"n":12345678901}"#

  private func signed(_ payload: String) throws -> String {
    let process = Process()
    process.executableURL = URL(fileURLWithPath: "/usr/bin/openssl")
    process.arguments = ["dgst", "-sha256", "-hmac", "your-webhook-secret", "-r"]
    let (input, output) = (Pipe(), Pipe())
    process.standardInput = input
    process.standardOutput = output
    try process.run()
    input.fileHandleForWriting.write(Data(payload.utf8))
    try input.fileHandleForWriting.close()
    let text = String(decoding: output.fileHandleForReading.readDataToEndOfFile(), as: UTF8.self)
    process.waitUntilExit()
    return "sha256=" + text.prefix(64)
  }

  private func run(_ code: String, _ body: String, signature: String? = nil) async throws -> RunReport {
    var trial = ScriptTrial.script(code, body: body)
    if let signature {
      trial.headers = ["content-type": "application/json", "x-hub-signature-256": .string(signature)]
    }
    return try await trial.run()
  }

  @Test("the signature check accepts a signed push and refuses the same with one byte changed")
  func signatureCheck() async throws {
    let signature = try signed(Self.payload)
    #expect(try await run(Self.signature, Self.payload, signature: signature).summary == "succeeded")
    let changed = Self.payload.replacing("7f1", with: "7f2")
    let refused = try await run(Self.signature, changed, signature: signature).summary
    #expect(refused.hasPrefix("failed: node run: Error: Invalid signature (line 10"))
    let missing = try await run(Self.signature, Self.payload).summary
    #expect(missing.contains("Invalid signature"))
  }

  @Test("the form intake reads its fields")
  func form() async throws {
    let code = """
      const formData = context.data;
      if (formData.email) {
        return { email: formData.email.toLowerCase(), accepted: true };
      }
      return { accepted: false };
      """
    #expect(
      try await run(code, #"{"email":"A@B.example"}"#).record("run")?.result == [
        "email": "a@b.example", "accepted": true,
      ])
    #expect(try await run(code, "{}").record("run")?.result == ["accepted": false])
  }

  @Test("the push notification finds branch and commits")
  func push() async throws {
    let code = """
      const commits = context.data.commits;
      const branch = context.data.ref.replace('refs/heads/', '');
      if (branch === 'main') {
        return commits.map(commit => commit.message);
      }
      """
    #expect(try await run(code, Self.payload).record("run")?.result == ["Größe – ok"])
    let other = try await run(code, Self.payload.replacing("heads/main", with: "heads/dev"))
    #expect(other.record("run")?.result == .null)
  }
}
