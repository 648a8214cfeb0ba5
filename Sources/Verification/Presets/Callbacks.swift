// Encrypted callbacks: WeCom, DingTalk events, Feishu and Lark.

extension Provider {
  static let callbacks = [wecom, dingtalk, feishu]

  static let wecom = Provider(
    "wecom", title: "WeCom", methods: ["POST", "GET"],
    settings: [
      callbackToken, callbackKey,
      SettingDescription(
        "corpId", "whom messages are for: the id of the company or of the suite; none for robots",
        schema: SettingDescription.texts), .tolerance(nil),
    ]
  ) { reading throws(VerifierProblem) in
    let facts = EventFacts(
      dedupe: [
        .element("MsgId"),
        .joined([.element("FromUserName"), .element("CreateTime"), .element("Event"), .element("ChangeType")]),
        .joined([.element("FromUserName"), .element("CreateTime"), .element("Event"), .element("EventKey")]),
        .joined([.element("FromUserName"), .element("CreateTime"), .element("Event")]),
        .joined([.element("FromUserName"), .element("CreateTime"), .element("MsgType")]),
        .joined([.element("InfoType"), .element("TimeStamp"), .element("AuthCorpId")]),
      ], event: [.element("Event"), .element("MsgType"), .element("InfoType")], answer: .empty(200))
    return try callback(.wecom, reading, receiver: "corpId", facts)
  }

  static let dingtalk = Provider(
    "dingtalk", title: "DingTalk events",
    settings: [
      callbackToken, callbackKey,
      SettingDescription(
        "ownerKey", "whom events are for: the app key, of older callbacks the company's id, of suites the suite key",
        schema: SettingDescription.texts
      ).required, .tolerance(nil),
    ]
  ) { reading throws(VerifierProblem) in
    let facts = EventFacts(
      dedupe: [.field("eventId"), .field("EventId")],
      event: [.field("EventType")])
    return try callback(.dingtalk, reading, receiver: "ownerKey", facts)
  }

  private static let callbackToken = SettingDescription(
    "token", "the token of the callback's settings", schema: SettingDescription.text, isRequired: true)
  private static let callbackKey = SettingDescription(
    "encodingAESKey", "the AES key of the callback's settings, 43 characters", schema: SettingDescription.secretList,
    isRequired: true)

  private static func callback(
    _ kind: CallbackCheck.Kind, _ reading: SettingsReading, receiver: String, _ facts: EventFacts
  ) throws(VerifierProblem) -> CallbackCheck {
    var ciphers: [(id: String, notAfter: Int64?, cipher: CallbackCipher)] = []
    for secret in try reading.secrets("encodingAESKey") {
      do throws(KeyProblem) {
        ciphers.append((secret.id, secret.notAfter, try CallbackCipher(encodingAESKey: secret.text)))
      } catch {
        throw VerifierProblem(setting: "encodingAESKey", "\"encodingAESKey\" \(error.message)")
      }
    }
    let receivers = try reading.texts(receiver).map { Array($0.utf8) }
    return CallbackCheck(
      kind: kind, token: try reading.requiredText("token"), ciphers: ciphers,
      receivers: receivers.isEmpty ? [[]] : receivers, tolerance: try reading.tolerance(nil), facts: facts)
  }

  /// Whether a repeat hours later has a new moment is not told, so there is no limit unless the settings set one.
  static let feishu = Provider(
    "feishu", aliases: ["lark"], title: "Feishu and Lark",
    settings: [
      .secrets("the Encrypt Key of the event settings, if encryption is on"),
      SettingDescription(
        "verificationToken", "the Verification Token of the event settings", schema: SettingDescription.text),
      .tolerance(nil),
    ], alternatives: [["secrets", "verificationToken"]]
  ) { reading throws(VerifierProblem) in
    let keys = try reading.secrets(isRequired: false)
    return FeishuCheck(
      keys: keys.map { ($0, FeishuCipher(encryptKey: $0.text)) },
      verificationToken: try reading.text("verificationToken").map { Array($0.utf8) },
      tolerance: try reading.tolerance(nil),
      facts: EventFacts(
        dedupe: [.field("header.event_id"), .field("uuid")],
        event: [.field("header.event_type"), .field("event.type")],
        answer: .empty(200)))
  }
}
