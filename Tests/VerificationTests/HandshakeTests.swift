// What providers ask an address, and what they get, to the byte.

import JSONCodec
import Testing

@testable import Verification

@Suite("Handshakes")
struct HandshakeTests {
  struct Question: Sendable, CustomTestStringConvertible {
    let testDescription: String
    let settings: JSON
    var method = "GET"
    var query = ""
    var headers: [(String, String)] = []
    var body = ""
    var status = 200
    var type: String?
    let answer: String
  }

  static let questions: [Question] = [
    Question(
      testDescription: "Meta's challenge",
      settings: ["provider": "whatsapp", "secrets": "s", "verifyToken": "let me in"],
      query: "hub.mode=subscribe&hub.challenge=1158201444&hub.verify_token=let+me%20in",
      type: "text/plain; charset=utf-8", answer: "1158201444"),
    Question(
      testDescription: "Dropbox's challenge", settings: ["provider": "dropbox", "secrets": "s"],
      query: "challenge=abc%3Cb%3E", type: "text/plain; charset=utf-8", answer: "abc<b>"),
    Question(
      testDescription: "Twitter's CRC", settings: ["provider": "twitter", "secrets": "consumer_secret"],
      query: "crc_token=9b4507b3-9040-4669-9ca3-6b94edb50553", type: "application/json",
      answer: #"{"response_token":"sha256=lp3tUoXxtcU6DegxsyKN24+j1sQJKofzei0ChoGqFVY="}"#),
    Question(
      testDescription: "the validation of Microsoft Graph", settings: ["provider": "microsoft-graph", "secrets": "s"],
      method: "POST", query: "validationToken=Validation%3A+Testing%20%26", type: "text/plain; charset=utf-8",
      answer: "Validation: Testing &"),
    Question(
      testDescription: "Intercom's HEAD", settings: ["provider": "intercom", "secrets": "s"], method: "HEAD", answer: ""
    ),
    Question(
      testDescription: "Slack's look at the certificate", settings: ["provider": "slack", "secrets": "s"],
      method: "POST", body: "ssl_check=1&token=x", answer: ""),
    Question(
      testDescription: "Feishu's challenge without encryption",
      settings: ["provider": "feishu", "verificationToken": "T"], method: "POST",
      body: #"{"challenge":"ajls384kdjx98XX","token":"T","type":"url_verification"}"#, type: "application/json",
      answer: #"{"challenge":"ajls384kdjx98XX"}"#),
    Question(
      testDescription: "Event Grid's validation", settings: ["provider": "cloudevents", "secrets": "s"],
      method: "POST", query: "access_token=s",
      body:
        #"[{"eventType":"Microsoft.EventGrid.SubscriptionValidationEvent","data":{"validationCode":"512d38b6"}}]"#,
      type: "application/json", answer: #"{"validationResponse":"512d38b6"}"#),
  ]

  private static func verdict(_ question: Question) throws -> Verdict {
    try Verifier.make(settings: question.settings).verify(
      VerificationRequest(
        method: question.method, query: question.query, headers: HeaderList(question.headers),
        body: Array(question.body.utf8), now: 0))
  }

  @Test("a question is answered to the byte", arguments: questions)
  func answers(_ question: Question) throws {
    let verdict = try Self.verdict(question)
    let reply = try #require(verdict.reply, "\(verdict)")
    #expect(reply.status == question.status)
    #expect(String(decoding: reply.body, as: UTF8.self) == question.answer)
    if let type = question.type { #expect(reply.headers.value(of: "content-type") == .one(type)) }
    #expect(reply.followUp == nil)
  }

  @Test("a challenge with a wrong or missing token is refused with 403")
  func metaRefused() throws {
    for query in [
      "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong", "hub.mode=subscribe&hub.challenge=1",
      "hub.mode=subscribe&hub.challenge=1&hub.verify_token=",
      "hub.mode=subscribe&hub.challenge=1&hub.verify_token=wrong&hub.verify_token=right",
    ] {
      let question = Question(
        testDescription: "", settings: ["provider": "meta", "secrets": "s", "verifyToken": "right"], query: query,
        answer: "")
      let refusal = try #require(try Self.verdict(question).refusal)
      #expect(refusal.reason == .challengeRefused)
      #expect(refusal.status == 403)
    }
    let plain = Question(
      testDescription: "", settings: ["provider": "meta", "secrets": "s", "verifyToken": "right"], answer: "")
    #expect(try Self.verdict(plain).refusal?.reason == .missingHeader("x-hub-signature-256"))
  }

  /// A case's provider with another body, signed.
  private func signed(
    _ provider: String, body: String, settings: JSONObject = [:], note: String = ""
  ) throws -> (Verdict, ProviderCase) {
    var example = try #require(ProviderCase.all.first { $0.provider == provider && $0.note == note })
    example.body = body
    let verdict = try example.verdict(on: try example.signed())
    // The same without its signature is no question that anybody may ask.
    let bare = try example.signed().replacingSignature(at: example.place) { _ in nil }
    #expect(try example.verdict(on: bare).refusal != nil)
    return (verdict, example)
  }

  @Test("signed questions are answered to the byte")
  func signedQuestions() throws {
    let slack = try signed("slack", body: #"{"type":"url_verification","challenge":"3eZbrw1aBm2"}"#).0
    #expect(slack.reply?.body == Array("3eZbrw1aBm2".utf8))
    let ping = try signed("discord", body: #"{"type":1}"#).0
    #expect(ping.reply?.body == Array(#"{"type":1}"#.utf8))
    #expect(ping.reply?.headers.value(of: "content-type") == .one("application/json"))
    let event = try signed("discord", body: #"{"version":1,"application_id":"1","type":0}"#).0
    #expect(event.reply?.status == 204)
    #expect(event.reply?.body == [])
    #expect(event.reply?.headers.value(of: "content-type") == .one("application/json"))
  }

  @Test("Zoom's validation is answered with a code of the secret that signed it")
  func zoom() throws {
    var example = try #require(ProviderCase.all.first { $0.provider == "zoom" })
    example.key = "5V3B4sFkR4ijmrZO0CmJhw"
    example.body = #"{"event":"endpoint.url_validation","payload":{"plainToken":"qgg8vlvZRS6UYooatFL8Aw"}}"#
    let settings = example.verifying(["another", example.key])
    let reply = try example.verdict(on: try example.signed(), settings: settings).reply
    let answer =
      #"{"plainToken":"qgg8vlvZRS6UYooatFL8Aw","#
      + #""encryptedToken":"8e96ade019ebaf2b4ccba34495e8c71a7d814e8e2d12a7d10d24ad067de1fd87"}"#
    #expect(reply.map { String(decoding: $0.body, as: UTF8.self) } == answer)
  }

  @Test("answers to Discord's events depend on their kind")
  func discordAnswers() throws {
    for (body, status, answer) in [
      (#"{"type":2,"id":"1"}"#, 200, #"{"type":5}"#), (#"{"type":3,"id":"1"}"#, 200, #"{"type":6}"#),
      (#"{"type":1,"event":{"type":"ENTITLEMENT_CREATE","timestamp":"t"},"application_id":"2"}"#, 204, ""),
    ] {
      let match = try #require(try signed("discord", body: body).0.match)
      #expect(match.answer?.status == status)
      #expect(match.answer.map { String(decoding: $0.body, as: UTF8.self) } == answer)
    }
  }

  @Test("an address for CloudEvents consents in headers, to known origins only")
  func cloudEvents() throws {
    let settings: JSON = ["provider": "cloudevents", "secrets": "s", "origins": ["eventgrid.azure.net"]]
    var question = Question(
      testDescription: "", settings: settings, method: "OPTIONS",
      headers: [("WebHook-Request-Origin", "eventgrid.azure.net"), ("WebHook-Request-Rate", "120")], answer: "")
    let reply = try #require(try Self.verdict(question).reply)
    #expect(
      reply.headers
        == HeaderList([
          ("allow", "POST"), ("webhook-allowed-origin", "eventgrid.azure.net"), ("webhook-allowed-rate", "*"),
        ]))
    question.headers = [("WebHook-Request-Origin", "evil.example")]
    #expect(try Self.verdict(question).refusal?.reason == .originNotAllowed)
    question.headers = []
    #expect(try Self.verdict(question).refusal?.reason == .missingHeader("webhook-request-origin"))
  }

  @Test("a subscription of SNS is confirmed at an address of SNS only")
  func sns() throws {
    let good = "https://sns.us-east-1.amazonaws.com/?Action=ConfirmSubscription&TopicArn=a&Token=t"
    let body = { (address: String) in
      #"{"Type":"SubscriptionConfirmation","Message":"m","Token":"t","SubscribeURL":"\#(address)"}"#
    }
    let (verdict, example) = try signed("aws-sns", body: body(good))
    #expect(verdict.reply?.followUp == good)
    #expect(verdict.reply?.status == 200)
    for bad in ["https://evil.example/?Action=ConfirmSubscription&Token=t", "http" + good.dropFirst(5)] {
      #expect(try signed("aws-sns", body: body(bad)).0.refusal?.reason == .badBody, "\(bad)")
    }
    var other = example
    other.settings = ["topicArn": "arn:other"]
    let request = try example.signed()
    #expect(try other.verdict(on: request).refusal?.reason == .wrongReceiver)
    #expect(
      try signed("aws-sns", body: #"{"Type":"UnsubscribeConfirmation","Message":"m","Token":"t","SubscribeURL":"u"}"#)
        .0.reply?.followUp == nil)
  }

  @Test("WeCom's echo is answered for the right receiver only, in any robot's case for none")
  func wecom() throws {
    var example = try #require(ProviderCase.all.first { $0.provider == "wecom" })
    example.method = "GET"
    example.body = "1616140317555161061"
    let request = try example.signed()
    #expect(try example.verdict(on: request).reply?.body == Array("1616140317555161061".utf8))
    var other = example
    other.settings["corpId"] = "ww2"
    #expect(try other.verdict(on: request).refusal?.reason == .wrongReceiver)
    other.settings["corpId"] = nil
    #expect(try other.verdict(on: request).refusal?.reason == .wrongReceiver)
    #expect(try other.verdict(on: try other.signed()).reply != nil)
    other.settings["corpId"] = ["ww2", "ww1"]
    #expect(try other.verdict(on: request).reply != nil)
  }

  @Test("DingTalk's question about an address is answered with an encrypted success")
  func dingTalk() throws {
    var example = try #require(ProviderCase.all.first { $0.provider == "dingtalk" })
    example.body = #"{"EventType":"check_url"}"#
    let reply = try #require(try example.verdict(on: try example.signed()).reply)
    let answer = try JSON.parse(reply.body)
    let cipher = try CallbackCipher(encodingAESKey: try #require(ProviderCase.aesKey.stringValue))
    let opened = cipher.decrypt(answer["encrypt"]?.stringValue ?? "")
    #expect(opened?.message == Array("success".utf8))
    #expect(opened?.receiver == Array("key1".utf8))
    let texts =
      ["Topsecret-0123456789-abcdefghijkl"]
      + ["timeStamp", "nonce", "encrypt"].map {
        answer[$0]?.stringValue ?? ""
      }
    #expect(answer["msg_signature"]?.stringValue == Hexadecimal.encode(CallbackCipher.signature(texts)))
  }
}
