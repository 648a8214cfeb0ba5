// Published messages of providers that encrypt or sign with keys of their own.

import JSONCodec
import TestSupport
import Testing

@testable import Verification

@Suite(
  "Vectors with encryption and key pairs", .enabled(if: SharedData.isPresent, Comment(rawValue: SharedData.absence)))
struct EncryptedVectorTests {
  let vectors: JSON

  init() throws { vectors = try JSON.parse(SharedData.bytes("provider-vectors.json")) }

  private func query(_ entry: JSON?) -> String {
    (entry?["query"]?.members ?? []).map { item in
      "\(item.key)=\(PercentCoding.encode((item.value.stringValue ?? "").utf8))"
    }.joined(separator: "&")
  }

  private func wecom() throws -> Verifier {
    let keys = try #require(vectors["wecom_get"])
    return try Verifier.make(settings: [
      "provider": "wecom", "token": try #require(keys["token"]), "corpId": try #require(keys["receiveid"]),
      "encodingAESKey": try #require(keys["encodingAESKey"]),
    ])
  }

  @Test("WeCom: the echo is answered with the decrypted text and nothing else")
  func wecomEcho() throws {
    let query = query(vectors["wecom_get"])
    for query in [query, query.replacing("%2B", with: "+")] {
      let request = VerificationRequest(method: "GET", query: query, headers: HeaderList(), body: [], now: 0)
      let reply = try #require(try wecom().verify(request).reply)
      #expect(reply.body == Array("1616140317555161061".utf8))
      #expect(reply.status == 200)
    }
  }

  @Test("WeCom: a message is decrypted, as XML and as JSON")
  func wecomMessage() throws {
    let entry = try #require(vectors["wecom_post"])
    let sealed = try #require(entry["Encrypt"]?.stringValue)
    let xml = "<xml><ToUserName><![CDATA[wx]]></ToUserName><Encrypt><![CDATA[\(sealed)]]></Encrypt></xml>"
    for body in [Array(xml.utf8), JSON.object(["encrypt": .string(sealed)]).bytes] {
      let request = VerificationRequest(query: query(entry), headers: HeaderList(), body: body, now: 0)
      let match = try #require(try wecom().verify(request).match)
      #expect(String(decoding: match.plaintext ?? [], as: UTF8.self).contains("<Content><![CDATA[hello]]></Content>"))
      #expect(match.dedupeKey == "4561255354251345929")
      #expect(match.plaintextType == "text/xml")
      #expect(match.answer == .empty(200))
    }
  }

  @Test("WeCom: what is encrypted here is what its library encrypts")
  func wecomEncryption() throws {
    let entry = try #require(vectors["wecom_encrypt_direction"])
    let keys = try #require(vectors["wecom_get"])
    let cipher = try CallbackCipher(encodingAESKey: try #require(keys["encodingAESKey"]?.stringValue))
    let message = Array((entry["plaintext"]?.stringValue ?? "").utf8)
    let receiver = Array((keys["receiveid"]?.stringValue ?? "").utf8)
    let encrypted = cipher.encrypt(message, receiver: receiver, random: Array("aaaabbbbccccdddd".utf8))
    let sealed = try #require(encrypted)
    #expect(sealed == entry["encrypt"]?.stringValue)
    let signature = CallbackCipher.signature(["QDG6eK", "1409659813", "1372623149", sealed])
    #expect(Hexadecimal.encode(signature) == entry["msg_signature"]?.stringValue)
  }

  @Test("DingTalk: a question is answered with its random text, an event with an encrypted success")
  func dingTalk() throws {
    let entry = try #require(vectors["dingtalk_event"])
    let verifier = try Verifier.make(settings: [
      "provider": "dingtalk", "token": "123456", "encodingAESKey": try #require(entry["aes_key"]),
      "ownerKey": try #require(entry["owner_key"]),
    ])
    let body = JSON.object(["encrypt": try #require(entry["encrypt"])]).bytes
    let request = VerificationRequest(query: query(entry), headers: HeaderList(), body: body, now: 0)
    let reply = try #require(verifier.verify(request, random: .counting).reply)
    let cipher = try CallbackCipher(encodingAESKey: try #require(entry["aes_key"]?.stringValue))
    let answer = try JSON.parse(reply.body)
    let opened = cipher.decrypt(try #require(answer["encrypt"]?.stringValue))
    #expect(opened?.message == Array("LPIdSnlF".utf8))

    let expected = try #require(vectors["dingtalk_reply_success"])
    let event = cipher.encrypt(
      Array(#"{"EventType":"user_add_org"}"#.utf8), receiver: Array("suite4xxxxxxxxxxxxxxx".utf8),
      random: Array("aaaabbbbccccdddd".utf8))
    let sealed = try #require(event)
    let signature = CallbackCipher.signature(["123456", "1445827045067", "nEXhMP4r", sealed])
    let pushed = VerificationRequest(
      query: "signature=\(Hexadecimal.encode(signature))&timestamp=1445827045067&nonce=nEXhMP4r",
      headers: HeaderList(), body: JSON.object(["encrypt": .string(sealed)]).bytes, now: 0)
    let random = VerificationRandom { Array("aaaabbbbccccdddd".utf8.prefix($0)) }
    let match = try #require(verifier.verify(pushed, random: random).match)
    let success = try JSON.parse(try #require(match.answer).body)
    for name in ["encrypt", "timeStamp", "nonce", "msg_signature"] {
      #expect(success[name]?.stringValue == expected[name]?.stringValue, "\(name)")
    }
    #expect(match.event == "user_add_org")
  }

  @Test("Feishu: an event is decrypted, a challenge answered")
  func feishu() throws {
    let sample = try #require(vectors["feishu_decrypt"])
    let text = FeishuCipher(encryptKey: "test key").decrypt(sample["encrypt"]?.stringValue ?? "")
    #expect(text == Array("hello world".utf8))
    let event = try #require(vectors["feishu_event"])
    let verifier = try Verifier.make(settings: [
      "provider": "lark", "secrets": "kudryavka", "verificationToken": "v_token_123",
    ])
    let headers = HeaderList([
      ("X-Lark-Request-Timestamp", "1608725989"), ("X-Lark-Request-Nonce", "6mXYzPq2"),
      ("X-Lark-Signature", try #require(event["signature"]?.stringValue)),
    ])
    let request = VerificationRequest(
      headers: headers, body: Array(try #require(event["body"]?.stringValue).utf8), now: 0)
    let match = try #require(verifier.verify(request).match)
    #expect(match.plaintext == event["plaintext"]?.stringValue.map { Array($0.utf8) })
    #expect(match.dedupeKey == "5e3702a84e847582be8db7fb73283c02")

    let challenge = try #require(vectors["feishu_challenge_encrypted"])
    let open = try Verifier.make(settings: ["provider": "feishu", "secrets": "kudryavka"])
    let body = JSON.object(["encrypt": try #require(challenge["encrypt"])]).bytes
    let reply = open.verify(VerificationRequest(headers: HeaderList(), body: body, now: 0)).reply
    #expect(reply?.body == Array(#"{"challenge":"ajls384kdjx98XX"}"#.utf8))
    let unsigned = VerificationRequest(
      headers: HeaderList(), body: Array(try #require(event["body"]?.stringValue).utf8), now: 0)
    #expect(verifier.verify(unsigned).refusal?.reason == .missingHeader("x-lark-signature"))
  }

  @Test("WeChat Pay: signature by the certificate's serial number, resource decrypted")
  func weChatPay() throws {
    let entry = try #require(vectors["wechat_pay"])
    let verifier = try Verifier.make(settings: [
      "provider": "wechat-pay", "publicKeys": try #require(vectors["rsa_cert"]),
      "apiV3Key": try #require(entry["apiv3_key"]),
    ])
    var headers = HeaderList((entry["headers"]?.members ?? []).map { ($0.key, $0.value.stringValue ?? "") })
    let body = Array(try #require(entry["body"]?.stringValue).utf8)
    let now: Int64 = 1_528_455_296_000
    let verdict = verifier.verify(VerificationRequest(headers: headers, body: body, now: now))
    let match = try #require(verdict.match, "\(verdict)")
    #expect(match.secretID == "5157F09EFDC096DE15EBE81A47057A7200000001")
    let plain = try JSON.parse(match.plaintext ?? [])
    #expect(plain["resource"]?["trade_state"]?.stringValue == "SUCCESS")
    #expect(plain["id"]?.stringValue == "EV-2018022511223320873")
    headers.set("Wechatpay-Serial", "5157")
    let other = verifier.verify(VerificationRequest(headers: headers, body: body, now: now))
    #expect(other.refusal?.reason == .unknownKey(url: nil))
  }

  @Test("Alipay: a form")
  func alipay() throws {
    let entry = try #require(vectors["alipay"])
    let verifier = try Verifier.make(settings: [
      "provider": "alipay", "publicKeys": try #require(vectors["rsa_public_key"]), "appId": "2014072300007148",
    ])
    var fields = (entry["params"]?.members ?? []).map {
      FormField(name: Array($0.key.utf8), value: Array(($0.value.stringValue ?? "").utf8))
    }
    for name in ["sign", "sign_type"] {
      fields.append(FormField(name: Array(name.utf8), value: Array(try #require(entry[name]?.stringValue).utf8)))
    }
    let body = Array(FormFields.write(fields).utf8)
    let match = verifier.verify(VerificationRequest(headers: HeaderList(), body: body, now: 0)).match
    #expect(match?.answer?.body == Array("success".utf8))
    #expect(match?.dedupeKey == entry["params"]?["notify_id"]?.stringValue)
    let other = try Verifier.make(settings: [
      "provider": "alipay", "publicKeys": try #require(vectors["rsa_public_key"]), "appId": "2015",
    ])
    let refusal = other.verify(VerificationRequest(headers: HeaderList(), body: body, now: 0)).refusal
    #expect(refusal?.reason == .wrongReceiver)
  }

  @Test("SNS: both versions of the signature, with the certificate from its address")
  func sns() throws {
    let entry = try #require(vectors["sns"])
    let keys = try KeySet(document: Array(try #require(vectors["rsa_cert"]?.stringValue).utf8))
    let address = "https://sns.us-west-2.amazonaws.com/SimpleNotificationService-f3ecfb7224c7233fe7bb5f59f96de52f.pem"
    let settings: JSON = ["provider": "aws-sns", "topicArn": "arn:aws:sns:us-west-2:123456789012:MyTopic"]
    let verifier = try Verifier.make(settings: settings, keySource: FixedKeys(keys: [address: keys]))
    for version in ["1", "2"] {
      guard case .object(var message)? = entry["message"]?.resolved else { continue }
      message["SignatureVersion"] = .string(version)
      message["Signature"] = entry["Signature_if_SignatureVersion_\(version)"]
      message["SigningCertURL"] = .string(address)
      let request = VerificationRequest(
        headers: HeaderList(), body: JSON.object(message).bytes, now: 1_335_920_046_655)
      let verdict = verifier.verify(request)
      #expect(verdict.match?.dedupeKey == "22b80b92-fdea-4c2c-8f9d-bdfb0c7bf324", "\(verdict)")
      let empty = try Verifier.make(settings: settings)
      #expect(empty.verify(request).refusal?.reason == .unknownKey(url: address))
      #expect(empty.verify(request).refusal?.status == 503)
    }
  }

  @Test("PayPal: signed with the certificate from its address")
  func payPal() throws {
    let entry = try #require(vectors["paypal"])
    let keys = try KeySet(document: Array(try #require(vectors["rsa_cert"]?.stringValue).utf8))
    let address = "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77"
    let verifier = try Verifier.make(
      settings: ["provider": "paypal", "webhookId": try #require(entry["webhook_id"])],
      keySource: FixedKeys(keys: [address: keys]))
    var headers = HeaderList((entry["headers"]?.members ?? []).map { ($0.key, $0.value.stringValue ?? "") })
    let body = Array(try #require(entry["body"]?.stringValue).utf8)
    #expect(CRC32.checksum(of: body) == 2_688_954_546)
    headers.set("PAYPAL-CERT-URL", address)
    let now: Int64 = 1_455_825_695_000
    let verdict = verifier.verify(VerificationRequest(headers: headers, body: body, now: now))
    #expect(verdict.match?.event == "PAYMENT.SALE.COMPLETED", "\(verdict)")
    for odd in ["https://paypal.com.evil.example/c", "http://api.paypal.com/c", "https://api.paypal.com:444/c"] {
      headers.set("PAYPAL-CERT-URL", odd)
      let refusal = verifier.verify(VerificationRequest(headers: headers, body: body, now: now)).refusal
      #expect(refusal?.reason == .unknownKey(url: nil), "\(odd)")
    }
  }
}

/// Keys as if they had been fetched.
struct FixedKeys: KeySource {
  let keys: [String: KeySet]

  func keys(at url: String, namedBy origin: KeyAddressOrigin) -> KeySet? { keys[url] }
}
