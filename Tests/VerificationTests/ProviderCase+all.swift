// Every provider of the catalogue, with each of its ways to sign.

import JSONCodec

@testable import Verification

extension ProviderCase {
  static let all: [ProviderCase] = plainHMAC + stamped + tokens + keyPairs + encrypted + generic

  private static let plainHMAC: [ProviderCase] = [
    ProviderCase(
      provider: "github", event: "push", place: .header("x-hub-signature-256"), isHexadecimal: true,
      dedupeKey: "delivery-1", expectedEvent: "push"),
    ProviderCase(
      provider: "gitea", event: "push", place: .header("x-gitea-signature"), isHexadecimal: true,
      dedupeKey: "delivery-1", expectedEvent: "push"),
    ProviderCase(
      provider: "forgejo", event: "push", place: .header("x-gitea-signature"), isHexadecimal: true,
      dedupeKey: "delivery-1", expectedEvent: "push"),
    ProviderCase(
      provider: "bitbucket", event: "repo:push", place: .header("x-hub-signature"), isHexadecimal: true,
      dedupeKey: "delivery-1", expectedEvent: "repo:push"),
    ProviderCase(
      provider: "shopify", event: "orders/paid", place: .header("x-shopify-hmac-sha256"), dedupeKey: "delivery-1",
      expectedEvent: "orders/paid"),
    ProviderCase(
      provider: "intercom", body: #"{"id":"notif_1","topic":"user.created"}"#, place: .header("x-hub-signature"),
      isHexadecimal: true, dedupeKey: "notif_1", expectedEvent: "user.created"),
    ProviderCase(
      provider: "typeform", body: #"{"event_id":"e1","event_type":"form_response"}"#,
      place: .header("typeform-signature"), dedupeKey: "e1", expectedEvent: "form_response"),
    ProviderCase(
      provider: "tally", body: #"{"eventId":"e1","eventType":"FORM_RESPONSE"}"#, place: .header("tally-signature"),
      dedupeKey: "e1", expectedEvent: "FORM_RESPONSE"),
    ProviderCase(
      provider: "sentry", event: "issue", place: .header("sentry-hook-signature"), isHexadecimal: true,
      tolerance: 300, dedupeKey: "delivery-1", expectedEvent: "issue"),
    ProviderCase(
      provider: "pagerduty", body: #"{"event":{"id":"01","event_type":"incident.triggered"}}"#,
      place: .header("x-pagerduty-signature"), isHexadecimal: true, dedupeKey: "01",
      expectedEvent: "incident.triggered"),
    ProviderCase(provider: "dropbox", place: .header("x-dropbox-signature"), isHexadecimal: true),
    ProviderCase(
      provider: "twitter", body: #"{"for_user_id":"1","tweet_create_events":[]}"#,
      place: .header("x-twitter-webhooks-signature"), expectedEvent: "tweet_create_events"),
    ProviderCase(
      provider: "meta", settings: ["verifyToken": "verify-me"],
      body: #"{"object":"whatsapp_business_account","entry":[{"changes":[{"field":"messages","value":"#
        + #"{"messages":[{"id":"wamid.1"},{"id":"wamid.2"}]}}]}]}"#,
      place: .header("x-hub-signature-256"), isHexadecimal: true, dedupeKey: "wamid.1,wamid.2",
      expectedEvent: "messages"),
    ProviderCase(
      provider: "whatsapp", settings: ["verifyToken": "verify-me"],
      body: #"{"entry":[{"changes":[{"value":{"statuses":[{"id":"wamid.1","status":"read"}]}}]}]}"#,
      place: .header("x-hub-signature-256"), isHexadecimal: true, dedupeKey: "wamid.1:read"),
    ProviderCase(
      provider: "square", body: #"{"event_id":"e1","type":"payment.created"}"#,
      place: .header("x-square-hmacsha256-signature"), dedupeKey: "e1", expectedEvent: "payment.created"),
  ]

  private static let stamped: [ProviderCase] = [
    ProviderCase(
      provider: "slack", body: #"{"type":"event_callback","event_id":"Ev1","event":{"type":"app_mention"}}"#,
      place: .header("x-slack-signature"), isHexadecimal: true, tolerance: 300, dedupeKey: "Ev1",
      expectedEvent: "app_mention"),
    ProviderCase(
      provider: "stripe", place: .header("stripe-signature"), isHexadecimal: true, tolerance: 300, dedupeKey: "evt_1",
      expectedEvent: "order.paid"),
    ProviderCase(
      provider: "paddle", body: #"{"event_id":"e1","event_type":"transaction.paid"}"#,
      place: .header("paddle-signature"), isHexadecimal: true, tolerance: 300, dedupeKey: "e1",
      expectedEvent: "transaction.paid"),
    ProviderCase(
      provider: "zoom", body: #"{"event":"meeting.started","event_ts":1,"payload":{"object":{"id":"7"}}}"#,
      place: .header("x-zm-signature"), isHexadecimal: true, tolerance: 300, dedupeKey: "meeting.started:1:7",
      expectedEvent: "meeting.started"),
    ProviderCase(
      provider: "linear", event: "Issue", place: .header("linear-signature"), isHexadecimal: true, takesAnyBody: false,
      tolerance: 300,
      dedupeKey: "delivery-1", expectedEvent: "Issue"),
    ProviderCase(
      provider: "zendesk", place: .header("x-zendesk-webhook-signature"), tolerance: 300, dedupeKey: "delivery-1",
      expectedEvent: "order.paid"),
    ProviderCase(
      provider: "hubspot",
      body: #"[{"eventId":1,"occurredAt":2,"objectId":3,"subscriptionType":"contact.creation"}]"#,
      query: "next=%2Fa%20b", place: .header("x-hubspot-signature-v3"), tolerance: 300, dedupeKey: "1:2:3",
      expectedEvent: "contact.creation"),
    ProviderCase(
      provider: "hubspot", note: "v2", settings: ["versions": ["v2"]], place: .header("x-hubspot-signature"),
      isHexadecimal: true),
    ProviderCase(
      provider: "hubspot", note: "v1", settings: ["versions": ["v1"]], place: .header("x-hubspot-signature"),
      isHexadecimal: true),
    ProviderCase(
      provider: "standard-webhooks", key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      wrongKey: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", place: .header("webhook-signature"), tolerance: 300,
      dedupeKey: "delivery-1", expectedEvent: "order.paid"),
    ProviderCase(
      provider: "svix", key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw",
      wrongKey: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD", place: .header("svix-signature"), tolerance: 300,
      dedupeKey: "delivery-1", expectedEvent: "order.paid"),
    ProviderCase(
      provider: "gitlab", note: "signed", keySetting: "signingTokens",
      key: "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", wrongKey: "whsec_C2FVsBQIhrscChlQIMV+b5sSYspob7oD",
      event: "Push Hook", place: .header("webhook-signature"), tolerance: 300, dedupeKey: "delivery-1",
      expectedEvent: "Push Hook"),
    ProviderCase(
      provider: "jiandaoyun", body: #"{"op":"data_create"}"#, place: .header("x-jdy-signature"), isHexadecimal: true,
      tolerance: 300, dedupeKey: "delivery-1", expectedEvent: "data_create"),
    ProviderCase(
      provider: "dingtalk-robot", body: #"{"msgId":"m1","msgtype":"text"}"#, place: .header("sign"),
      coversBody: false, tolerance: 3600, dedupeKey: "m1", expectedEvent: "text"),
    ProviderCase(
      provider: "gitee", event: "Push Hook", place: .header("x-gitee-token"), coversBody: false, tolerance: 3600,
      expectedEvent: "Push Hook"),
    ProviderCase(
      provider: "mailgun", body: #"{"signature":{},"event-data":{"event":"opened"}}"#,
      place: .field(["signature", "signature"]), isHexadecimal: true, coversBody: false, takesAnyBody: false,
      tolerance: 86_400, dedupeKey: "delivery-1", expectedEvent: "opened"),
    ProviderCase(
      provider: "twilio", note: "form", body: "MessageSid=SM1&MessageStatus=sent&Body=a+%26+b",
      place: .header("x-twilio-signature"), takesAnyBody: false, dedupeKey: "delivery-1", expectedEvent: "sent"),
    ProviderCase(
      provider: "twilio", note: "JSON", query: "foo=1", place: .header("x-twilio-signature"), takesAnyBody: false,
      dedupeKey: "delivery-1"),
    ProviderCase(
      provider: "twilio", note: "SHA-256", settings: ["algorithm": "sha256"], body: "CallSid=CA1&CallStatus=busy",
      place: .header("x-twilio-signature"), takesAnyBody: false, dedupeKey: "delivery-1", expectedEvent: "busy"),
  ]

  private static let tokens: [ProviderCase] = [
    ProviderCase(
      provider: "gitlab", note: "token", event: "Push Hook", place: .header("x-gitlab-token"), coversBody: false,
      dedupeKey: "delivery-1", expectedEvent: "Push Hook"),
    ProviderCase(
      provider: "gitee", note: "password", settings: ["mode": "password"], place: .header("x-gitee-token"),
      coversBody: false),
    ProviderCase(
      provider: "telegram", body: #"{"update_id":9,"message":{}}"#,
      place: .header("x-telegram-bot-api-secret-token"), coversBody: false, dedupeKey: "9", expectedEvent: "message"),
    ProviderCase(
      provider: "jotform", body: "--b\r\nContent-Disposition: form-data; name=\"submissionID\"\r\n\r\n55\r\n--b--\r\n",
      place: .query("token"), coversBody: false, dedupeKey: "55"),
    ProviderCase(
      provider: "salesforce", settings: ["organizationId": "00D000000000001EAA"],
      body: """
        <soapenv:Envelope><soapenv:Body><notifications><OrganizationId>00D000000000001EAA</OrganizationId>\
        <Notification><Id>04l1</Id><sObject><sf:Id>0031</sf:Id></sObject></Notification></notifications>\
        </soapenv:Body></soapenv:Envelope>
        """, place: .query("token"), coversBody: false, takesAnyBody: false, dedupeKey: "04l1,0031"),
    ProviderCase(
      provider: "microsoft-graph",
      body: #"{"value":[{"id":"n1","subscriptionId":"s1","changeType":"updated","clientState":""}]}"#,
      place: .field(["value", "0", "clientState"]), coversBody: false, takesAnyBody: false, dedupeKey: "s1:n1",
      expectedEvent: "updated"),
    ProviderCase(
      provider: "cloudevents", body: #"{"specversion":"1.0","id":"1","source":"/a","type":"made"}"#,
      place: .header("authorization"), coversBody: false, dedupeKey: "/a:1", expectedEvent: "made"),
    ProviderCase(
      provider: "bearer", place: .header("authorization"), coversBody: false, dedupeKey: "delivery-1",
      expectedEvent: "order.paid"),
    ProviderCase(
      provider: "basic", settings: ["username": "ada"], place: .header("authorization"), coversBody: false,
      dedupeKey: "delivery-1"),
    ProviderCase(
      provider: "header-token", settings: ["header": "X-API-Key", "dedupe": "body:id"], place: .header("x-api-key"),
      coversBody: false, dedupeKey: "evt_1"),
    ProviderCase(
      provider: "header-token", note: "query", settings: ["query": "key"], place: .query("key"), coversBody: false,
      dedupeKey: "delivery-1"),
    ProviderCase(
      provider: "feishu", note: "token", keySetting: "verificationToken",
      body: #"{"schema":"2.0","header":{"event_id":"e1","event_type":"im.message.receive_v1"},"event":{}}"#,
      place: .field(["header", "token"]), coversBody: false, takesAnyBody: false, dedupeKey: "e1",
      expectedEvent: "im.message.receive_v1"),
  ]

  private static let keyPairs: [ProviderCase] = [
    ProviderCase(
      provider: "discord", keySetting: "publicKeys",
      key: .string(TestKeys.ed25519.publicKey),
      wrongKey: .string(TestKeys.ed25519.otherPublicKey),
      privateKey: TestKeys.ed25519.privateKey, body: #"{"type":2,"id":"i1"}"#,
      place: .header("x-signature-ed25519"), isHexadecimal: true, takesAnyBody: false, tolerance: 300,
      dedupeKey: "i1", expectedEvent: "2"),
    ProviderCase(
      provider: "standard-webhooks", note: "v1a", keySetting: "publicKeys",
      key: .string(TestKeys.standard("whpk_", TestKeys.ed25519.publicKey)),
      wrongKey: .string(TestKeys.standard("whpk_", TestKeys.ed25519.otherPublicKey)),
      privateKey: TestKeys.standard("whsk_", TestKeys.ed25519.privateKey),
      place: .header("webhook-signature"), tolerance: 300, dedupeKey: "delivery-1"),
    ProviderCase(
      provider: "sendgrid", keySetting: "publicKeys",
      key: .string(TestKeys.p256.publicKey),
      wrongKey: .string(TestKeys.p256.otherPublicKey),
      privateKey: TestKeys.p256.privateKey,
      body: #"[{"sg_event_id":"a","event":"open"},{"sg_event_id":"b","event":"click"}]"#,
      place: .header("x-twilio-email-event-webhook-signature"), tolerance: 86_400, dedupeKey: "a,b",
      expectedEvent: "open"),
    ProviderCase(
      provider: "paypal", keySetting: "publicKeys", key: .string(TestKeys.rsa.publicKey),
      wrongKey: .string(TestKeys.rsa.otherPublicKey), settings: ["webhookId": "WH-1"],
      privateKey: TestKeys.rsa.privateKey, body: #"{"id":"WH-2","event_type":"PAYMENT.SALE.COMPLETED"}"#,
      place: .header("paypal-transmission-sig"), tolerance: 345_600, dedupeKey: "WH-2",
      expectedEvent: "PAYMENT.SALE.COMPLETED"),
    ProviderCase(
      provider: "alipay", keySetting: "publicKeys", key: .string(TestKeys.rsa.publicKey),
      wrongKey: .string(TestKeys.rsa.otherPublicKey), settings: ["appId": "2014"],
      privateKey: TestKeys.rsa.privateKey, body: "app_id=2014&notify_id=n1&trade_status=TRADE_SUCCESS&b=a+%26",
      place: .form("sign"), takesAnyBody: false, dedupeKey: "n1", expectedEvent: "TRADE_SUCCESS"),
    ProviderCase(
      provider: "wechat-pay", keySetting: "publicKeys",
      key: ["id": "PUB_KEY_ID_1", "value": .string(TestKeys.rsa.publicKey)],
      wrongKey: ["id": "PUB_KEY_ID_1", "value": .string(TestKeys.rsa.otherPublicKey)],
      privateKey: TestKeys.rsa.privateKey, body: #"{"id":"EV-1","event_type":"TRANSACTION.SUCCESS"}"#,
      place: .header("wechatpay-signature"), tolerance: 300, dedupeKey: "EV-1",
      expectedEvent: "TRANSACTION.SUCCESS"),
    ProviderCase(
      provider: "aws-sns", keySetting: "publicKeys", key: .string(TestKeys.rsa.publicKey),
      wrongKey: .string(TestKeys.rsa.otherPublicKey),
      settings: ["topicArn": "arn:aws:sns:us-east-1:1:orders"], privateKey: TestKeys.rsa.privateKey,
      body: #"{"Message":"paid","Subject":"order"}"#, place: .field(["Signature"]), coveredBehind: #""Message":""#,
      takesAnyBody: false,
      tolerance: 3600, dedupeKey: "delivery-1", expectedEvent: "order"),
  ]

  private static let encrypted: [ProviderCase] = [
    ProviderCase(
      provider: "wecom", keySetting: "token", settings: ["encodingAESKey": aesKey, "corpId": "ww1"],
      body: "<xml><FromUserName>ada</FromUserName><MsgType>text</MsgType><MsgId>77</MsgId></xml>",
      place: .query("msg_signature"), isHexadecimal: true, coveredBehind: "<Encrypt><![CDATA[", takesAnyBody: false,
      dedupeKey: "77",
      expectedEvent: "text"),
    ProviderCase(
      provider: "dingtalk", keySetting: "token", settings: ["encodingAESKey": aesKey, "ownerKey": "key1"],
      body: #"{"EventType":"bpms_task_change","eventId":"e1"}"#, place: .query("msg_signature"),
      isHexadecimal: true, takesAnyBody: false, dedupeKey: "e1", expectedEvent: "bpms_task_change"),
    ProviderCase(
      provider: "lark", settings: ["verificationToken": "v1"],
      body: #"{"schema":"2.0","header":{"event_id":"e1","event_type":"im.message.receive_v1"},"event":{}}"#,
      place: .header("x-lark-signature"), isHexadecimal: true, takesAnyBody: false, dedupeKey: "e1",
      expectedEvent: "im.message.receive_v1"),
  ]
  static let aesKey: JSON = "jWmYm7qr5nMoAUwZRjGtBxmz3KA1tkAj3ykkR6q2B2C"

  private static let generic: [ProviderCase] = [
    ProviderCase(
      provider: "hmac", settings: ["header": "X-Signature"], place: .header("x-signature"), isHexadecimal: true,
      dedupeKey: "delivery-1", expectedEvent: "order.paid"),
    ProviderCase(
      provider: "hmac", note: "every part", key: "746f70736563726574", wrongKey: "616e6f74686572",
      settings: [
        "header": "X-Signature", "algorithm": "sha512", "encoding": "base64url", "secretEncoding": "hex",
        "separator": ";", "prefix": "v=", "signed": "{method} {url}|{timestamp}|{header:content-type}|{body}",
        "timestamp": "item:t", "timestampUnit": "milliseconds", "tolerance": "1m", "dedupe": "body:id",
        "event": ["header:x-none", "body:event"],
      ], place: .header("x-signature"), tolerance: 60, dedupeKey: "evt_1", expectedEvent: "order.paid"),
    ProviderCase(
      provider: "jwt", note: "HS256", settings: ["algorithms": ["HS256"], "bodyHashClaim": "body_sha256"],
      place: .header("authorization"), tolerance: 360, dedupeKey: "delivery-1"),
    jwt("RS256", TestKeys.rsa), jwt("PS256", TestKeys.rsa), jwt("ES256", TestKeys.p256),
    jwt("EdDSA", TestKeys.ed25519),
  ]

  private static func jwt(_ algorithm: String, _ keys: TestKeys) -> ProviderCase {
    ProviderCase(
      provider: "jwt", note: algorithm, keySetting: "publicKeys", key: .string(keys.publicKey),
      wrongKey: .string(keys.otherPublicKey),
      settings: ["algorithms": [.string(algorithm)], "issuer": "https://issuer.example", "audience": ["hooks"]],
      privateKey: keys.privateKey, place: .header("authorization"), coversBody: false, tolerance: 360,
      dedupeKey: "delivery-1")
  }
}
