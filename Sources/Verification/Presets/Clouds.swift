// Events of clouds: Amazon SNS, Microsoft Graph, CloudEvents with Azure Event Grid.

import JSONCodec

extension Provider {
  static let clouds = [awsSNS, microsoftGraph, cloudEvents]

  static let awsSNS = Provider(
    "aws-sns", title: "Amazon SNS",
    settings: [
      SettingDescription("topicArn", "the topics that count", schema: SettingDescription.texts).required,
      .publicKeys("the certificate of SNS, instead of fetching what the message names"), .tolerance(3600), .privateKey,
    ]
  ) { reading throws(VerifierProblem) in
    let topics = try reading.texts("topicArn")
    let scheme = SignatureScheme(
      algorithm: .publicKey(.rsa(.sha256)), places: [.field(["Signature"])], encoding: .base64,
      signed: [[.special(SNSMessage.signedBytes)]],
      timestamp: TimestampRule(source: .field(["Timestamp"]), unit: .rfc3339, tolerance: 3600))
    let facts = EventFacts(dedupe: [.field("MessageId")], event: [.field("Subject"), .field("Type")])
    var check = try SchemeCheck(scheme, reading, facts, needsKeys: false)
    let (configured, source) = (check.keys, reading.keySource)
    check.keys = []
    check.remoteKeys = { reading throws(Refusal) in try SNSMessage.keys(reading, configured, source) }
    check.inspect = { reading throws(Refusal) in
      guard let topic = try reading.text(at: ["TopicArn"]), topics.contains(topic) else {
        throw Refusal(.wrongReceiver, "the message is of another topic than \"topicArn\" names")
      }
    }
    check.signedHandshakes = [Handshake(SNSMessage.handshake)]
    check.prepare = { request in
      for (name, value) in [("Type", "Notification"), ("MessageId", request.id), ("TopicArn", topics.first ?? "")] {
        if (try? JSON.parse(request.body))?[name] == nil { request.setField([name], value) }
      }
      request.setField(["SignatureVersion"], "2")
      request.setField(
        ["SigningCertURL"], "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem")
      request.headers.set("x-amz-sns-message-type", (try? JSON.parse(request.body))?["Type"]?.stringValue ?? "")
    }
    return check
  }

  /// Nothing is signed: each notification repeats the text that the subscription was made with.
  static let microsoftGraph = plain(
    "microsoft-graph", title: "Microsoft Graph", secret: "the clientState of the subscription",
    scheme: SignatureScheme(
      algorithm: .token, places: [.field(["value", "0", "clientState"])], encoding: .text),
    // Without ids two changes of one thing could not be told apart.
    facts: EventFacts(
      dedupe: [.each("value", ["subscriptionId", "id"])],
      event: [.field("value.0.lifecycleEvent"), .field("value.0.changeType")], answer: .empty(202))
  ) { check, _ in
    check.unsignedHandshakes = [Handshake(Handshakes.graphValidation)]
    check.inspect = { reading throws(Refusal) in
      let items = try reading.json()["value"]?.elements ?? []
      guard !items.isEmpty else { throw Refusal(.badBody, "\"value\" in the body is no list of notifications") }
      let first = Array((items.first?["clientState"]?.stringValue ?? "").utf8)
      for item in items {
        guard let state = item["clientState"]?.stringValue, ConstantTime.areEqualTokens(Array(state.utf8), first) else {
          throw Refusal(.mismatch, "not every notification of the body has the right clientState")
        }
      }
    }
  }

  /// The token stands in the Authorization header or in the address, as the specification has it.
  static let cloudEvents = plain(
    "cloudevents", title: "CloudEvents and Azure Event Grid", methods: ["POST", "OPTIONS"],
    secret: "the token of the Authorization header, or of ?access_token=… in the address",
    scheme: SignatureScheme(
      algorithm: .token, places: [.credential("Bearer"), .query("access_token")], encoding: .text),
    facts: EventFacts(
      dedupe: [
        .joined([.header("ce-source"), .header("ce-id")]), .joined([.field("source"), .field("id")]),
        .each("", ["source", "id"]), .each("", ["topic", "id"]),
      ], event: [.header("ce-type"), .field("type"), .field("0.type"), .field("0.eventType")], answer: .empty(200)),
    settings: [
      SettingDescription(
        "origins", "who may ask to send here: names of hosts, or \"*\"; none may if this is left out",
        schema: SettingDescription.texts)
    ]
  ) { (check, reading) throws(VerifierProblem) in
    let origins = try reading.texts("origins")
    check.unsignedHandshakes = [
      Handshake { reading, _ throws(Refusal) in try Handshakes.cloudEventsConsent(reading, origins: origins) }
    ]
    check.signedHandshakes = [Handshake(Handshakes.eventGridValidation)]
  }
}
