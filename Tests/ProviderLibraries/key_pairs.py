# Providers that sign with a key pair. Their libraries mostly verify only; then they look at a request that was signed
# here, and at what `millrace send` sends, before ingest does.

import base64
import datetime
import json
import os
import secrets
import sys
import time
from urllib.parse import parse_qsl, urlencode

import discord_interactions
import nacl.signing
import paypalrestsdk
import sns_message_validator.sns_message_validator as sns_library
import wechatpayv3.utils
from alipay import AliPay
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec, padding, rsa
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from sendgrid import EventWebhook
from wechatpayv3 import WeChatPay, WeChatPayType

from hook import check, event, unique, verifies
from shared_secrets import FORM, SENDS, SIGNS, now
from stage import Message
from tokens import pem, public_pem

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
ECDSA = ec.generate_private_key(ec.SECP256R1())
ED25519 = nacl.signing.SigningKey.generate()
SAME = "library and ingest take the same"


def bare(text):
    """PEM without its first and last line."""
    return "".join(text.strip().splitlines()[1:-1])


def certificate():
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "signer.paypal.com")])
    today = datetime.datetime.now(datetime.timezone.utc)
    day = datetime.timedelta(days=1)
    built = x509.CertificateBuilder(name, name, RSA.public_key(), 0x5157F09EFDC096DE, today - day, today + day)
    return built.sign(RSA, hashes.SHA256())


CERTIFICATE = certificate()
CERTIFICATE_PEM = CERTIFICATE.public_bytes(serialization.Encoding.PEM).decode()


# Discord


def discord_library(it):
    return discord_interactions.verify_key(
        it.body, it.header("x-signature-ed25519"), it.header("x-signature-timestamp"), public_hex())


def public_hex():
    return bytes(ED25519.verify_key).hex()


def discord_headers(body):
    moment = now()
    return {
        "X-Signature-Timestamp": moment, "X-Signature-Ed25519": ED25519.sign(moment.encode() + body).signature.hex(),
        "Content-Type": "application/json",
    }


@check("discord", "PyNaCl", SIGNS + ", ping", {"publicKeys": public_hex()})
def discord(hook):
    deferred = discord_interactions.InteractionResponseType.DEFERRED_CHANNEL_MESSAGE_WITH_SOURCE
    body = event(id=unique(), type=discord_interactions.InteractionType.APPLICATION_COMMAND)
    assert hook.accepts(body, discord_headers(body)).json() == {"type": deferred}, "the answer is not deferred"
    ping = json.dumps({"id": unique(), "type": discord_interactions.InteractionType.PING}).encode()
    answer = hook.post(ping, discord_headers(ping))
    assert answer.json() == {"type": discord_interactions.InteractionResponseType.PONG}, "the ping is not answered"
    assert hook.post(ping + b" ", discord_headers(ping)).status == 401, "a bad ping is answered"


@check("discord", "discord-interactions", SENDS, {"publicKeys": public_hex()}, {"privateKey": ED25519.encode().hex()})
def discord_sent(hook):
    verifies(discord_library, hook.sent(event(type=2)))


# SendGrid

SENDGRID_KEY = bare(public_pem(ECDSA))


def sendgrid_library(it):
    return EventWebhook(SENDGRID_KEY).verify_signature(
        it.body.decode(), it.header("x-twilio-email-event-webhook-signature"),
        it.header("x-twilio-email-event-webhook-timestamp"))


@check("sendgrid", "sendgrid", SAME, {"publicKeys": SENDGRID_KEY})
def sendgrid(hook):
    # The line end belongs to what is signed.
    body, moment = b"[%s]\r\n" % event(sg_event_id=unique(), event="open"), now()
    signature = ECDSA.sign(moment.encode() + body, ec.ECDSA(hashes.SHA256()))
    request = Message(body, {
        "Content-Type": "application/json", "X-Twilio-Email-Event-Webhook-Timestamp": moment,
        "X-Twilio-Email-Event-Webhook-Signature": base64.b64encode(signature).decode(),
    })
    verifies(sendgrid_library, request)
    hook.accepts(body, request.headers, sees=json.loads(body))


@check("sendgrid", "sendgrid", SENDS, {"publicKeys": SENDGRID_KEY}, {"privateKey": pem(ECDSA)})
def sendgrid_sent(hook):
    verifies(sendgrid_library, hook.sent(b"[%s]" % event(event="open")))


# PayPal: the library makes the signed text; its certificate must be of DigiCert, so its `verify` cannot be used.

WEBHOOK_ID = "1JE4291016473214C"


def paypal_text(it):
    return paypalrestsdk.WebhookEvent._get_expected_sig(
        it.header("paypal-transmission-id"), it.header("paypal-transmission-time"), WEBHOOK_ID, it.body.decode())


@check("paypal", "paypalrestsdk", "library writes the signed text", {
    "webhookId": WEBHOOK_ID, "publicKeys": CERTIFICATE_PEM})
def paypal(hook):
    headers = {
        "Content-Type": "application/json", "PAYPAL-TRANSMISSION-ID": unique(), "PAYPAL-AUTH-ALGO": "SHA256withRSA",
        "PAYPAL-TRANSMISSION-TIME": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "PAYPAL-CERT-URL": "https://api.paypal.com/v1/notifications/certs/CERT-360caa42-fca2a594-a5cafa77",
    }
    body = event(event_type="PAYMENT.SALE.COMPLETED")
    text = paypal_text(Message(body, headers)).encode()
    signature = base64.b64encode(RSA.sign(text, padding.PKCS1v15(), hashes.SHA256())).decode()
    hook.accepts(body, headers | {"PAYPAL-TRANSMISSION-SIG": signature})


@check("paypal", "paypalrestsdk", "millrace send signs what the library expects", {
    "webhookId": WEBHOOK_ID, "publicKeys": CERTIFICATE_PEM}, {"privateKey": pem(RSA)})
def paypal_sent(hook):
    def library(it):
        signature = base64.b64decode(it.header("paypal-transmission-sig"))
        RSA.public_key().verify(signature, paypal_text(it).encode(), padding.PKCS1v15(), hashes.SHA256())
        return True

    verifies(library, hook.sent(event()))


# Alipay

ALIPAY = {"publicKeys": bare(public_pem(RSA)), "appId": "2014072300007148"}


def official_alipay():
    """Alipay's own library, which lies apart because both call their package `alipay`."""
    mine = {name: sys.modules.pop(name) for name in list(sys.modules) if name.split(".")[0] == "alipay"}
    sys.path.insert(0, os.environ["MILLRACE_TEST_APART"])
    try:
        import alipay.aop.api.util.SignatureUtils as utilities
        return utilities
    finally:
        sys.path.pop(0)
        for name in [name for name in sys.modules if name.split(".")[0] == "alipay"]:
            del sys.modules[name]
        sys.modules.update(mine)


def alipay_fields(**more):
    fields = {
        "app_id": ALIPAY["appId"], "notify_id": unique(), "notify_type": "trade_status_sync", "charset": "utf-8",
        "version": "1.0", "trade_status": "TRADE_SUCCESS", "total_amount": "4711.00", "subject": "Grüße & 世界 = +",
        "notify_time": time.strftime("%Y-%m-%d %H:%M:%S"), "fund_bill_list": '[{"amount":"4711.00"}]',
    }
    return fields | more


def alipay_client():
    return AliPay(ALIPAY["appId"], None, pem(RSA), public_pem(RSA))


def alipay_body(fields):
    signed = alipay_client().sign_data(dict(fields))
    return (signed + "&sign_type=RSA2").encode()


def alipay_library(it):
    fields = dict(parse_qsl(it.body.decode(), keep_blank_values=True))
    return alipay_client().verify(fields, fields.pop("sign"))


@check("alipay", "python-alipay-sdk", SIGNS, ALIPAY)
def alipay(hook):
    body = alipay_body(alipay_fields())
    assert hook.accepts(body, FORM).body == b"success", "Alipay wants `success`"


@check("alipay", "python-alipay-sdk", SIGNS + ", empty field", ALIPAY)
def alipay_empty(hook):
    hook.accepts(alipay_body(alipay_fields(body="")), FORM)


@check("alipay", "python-alipay-sdk", SENDS, ALIPAY, {"privateKey": pem(RSA)})
def alipay_sent(hook):
    verifies(alipay_library, hook.sent(urlencode(alipay_fields()).encode()))


@check("alipay", "alipay-sdk-python", SIGNS, ALIPAY)
def alipay_official(hook):
    library, fields = official_alipay(), alipay_fields()
    traditional = RSA.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.TraditionalOpenSSL, serialization.NoEncryption())
    sign = library.sign_with_rsa2(bare(traditional.decode()), library.get_sign_content(fields), "utf-8")
    hook.accepts(urlencode(fields | {"sign": sign, "sign_type": "RSA2"}).encode(), FORM)


@check("alipay", "alipay-sdk-python", SENDS, ALIPAY, {"privateKey": pem(RSA)})
def alipay_official_sent(hook):
    library = official_alipay()

    def verify(it):
        fields = dict(parse_qsl(it.body.decode(), keep_blank_values=True))
        sign = fields.pop("sign")
        fields.pop("sign_type")
        return library.verify_with_rsa(bare(public_pem(RSA)), library.get_sign_content(fields).encode(), sign)

    verifies(verify, hook.sent(urlencode(alipay_fields()).encode()))


# WeChat Pay

KEY_ID = "PUB_KEY_ID_0123456789"
API_KEY = secrets.token_hex(16)


def wechat_pay_body(resource):
    nonce, extra = secrets.token_hex(6), "transaction"
    sealed = AESGCM(API_KEY.encode()).encrypt(nonce.encode(), json.dumps(resource).encode(), extra.encode())
    return event(event_type="TRANSACTION.SUCCESS", resource_type="encrypt-resource", resource={
        "algorithm": "AEAD_AES_256_GCM", "ciphertext": base64.b64encode(sealed).decode(), "nonce": nonce,
        "associated_data": extra, "original_type": "transaction",
    })


def wechat_pay_library(it):
    client = WeChatPay(
        WeChatPayType.NATIVE, mchid="1230000109", private_key=pem(RSA), cert_serial_no="01", apiv3_key=API_KEY,
        appid="wx0", public_key=public_pem(RSA), public_key_id=KEY_ID)
    names = ["Wechatpay-Signature", "Wechatpay-Timestamp", "Wechatpay-Nonce", "Wechatpay-Serial",
             "Wechatpay-Signature-Type"]
    return client.callback({name: it.header(name) for name in names}, it.body)


def wechat_pay_headers(body, serial):
    moment, nonce = now(), unique()
    text = f"{moment}\n{nonce}\n{body.decode()}\n"
    return {
        "Content-Type": "application/json", "Wechatpay-Timestamp": moment, "Wechatpay-Nonce": nonce,
        "Wechatpay-Serial": serial, "Wechatpay-Signature-Type": "WECHATPAY2-SHA256-RSA2048",
        "Wechatpay-Signature": wechatpayv3.utils.rsa_sign(RSA, text),
    }


@check("wechat-pay", "wechatpayv3", SIGNS + ", reads resource", {
    "publicKeys": {"id": KEY_ID, "value": public_pem(RSA)}, "apiV3Key": API_KEY})
def wechat_pay(hook):
    body = wechat_pay_body({"transaction_id": "4711", "text": "世界"})
    headers = wechat_pay_headers(body, KEY_ID)
    read = wechat_pay_library(Message(body, headers))
    assert read, "the library refuses its own signature"
    answer = hook.accepts(body, headers)
    assert answer.status == 204, f"the answer is {answer.status}"
    seen = hook.stage.result(answer.header("millrace-execution-id")).json()
    assert seen["resource"] == read["resource"], f"the workflow saw {seen['resource']}"
    other = hook.post(body, wechat_pay_headers(body, "PUB_KEY_ID_other"))
    assert other.status == 401, f"an unknown key got {other.status}"


@check("wechat-pay", "wechatpayv3", SIGNS + ", certificate", {"publicKeys": CERTIFICATE_PEM})
def wechat_pay_certificate(hook):
    body = wechat_pay_body({"transaction_id": "4711"})
    hook.accepts(body, wechat_pay_headers(body, f"{CERTIFICATE.serial_number:X}"))


@check("wechat-pay", "wechatpayv3", SENDS, {
    "publicKeys": {"id": KEY_ID, "value": public_pem(RSA)}, "apiV3Key": API_KEY}, {"privateKey": pem(RSA)})
def wechat_pay_sent(hook):
    verifies(wechat_pay_library, hook.sent(wechat_pay_body({"transaction_id": "4711"})))


# Amazon SNS: the library knows version 1 of the signature; of version 2 it makes the signed text.

TOPIC = "arn:aws:sns:us-east-1:123456789012:orders"
SNS = {"topicArn": TOPIC, "publicKeys": CERTIFICATE_PEM}


def sns_message(**more):
    return {
        "Type": "Notification", "MessageId": unique(), "TopicArn": TOPIC, "Message": "4711 Grüße\n世界",
        "Timestamp": time.strftime("%Y-%m-%dT%H:%M:%S.000Z", time.gmtime()),
        "SigningCertURL": "https://sns.us-east-1.amazonaws.com/SimpleNotificationService-0123456789abcdef.pem",
    } | more


def sns_text(message):
    return sns_library.SNSMessageValidator()._get_plaintext_to_sign(message).encode()


def sns_request(message):
    kind = {"1": hashes.SHA1(), "2": hashes.SHA256()}[message["SignatureVersion"]]
    signature = RSA.sign(sns_text(message), padding.PKCS1v15(), kind)
    body = json.dumps(message | {"Signature": base64.b64encode(signature).decode()}).encode()
    return Message(body, {"Content-Type": "text/plain; charset=UTF-8", "x-amz-sns-message-type": message["Type"]})


class Certificates:
    """Instead of `requests`: the library's certificate comes from here."""

    content = CERTIFICATE_PEM.encode()

    @classmethod
    def get(cls, _):
        return cls


def sns_validates(it):
    sns_library.requests, kept = Certificates, sns_library.requests
    try:
        sns_library.SNSMessageValidator().validate_message(it.json())
        return True
    finally:
        sns_library.requests = kept


@check("aws-sns", "sns-message-validator", SAME + ", version 1", SNS)
def sns(hook):
    for more in [{"Subject": "Grüße"}, {}]:
        request = sns_request(sns_message(SignatureVersion="1", **more))
        verifies(sns_validates, request)
        hook.accepts(request.body, request.headers)


@check("aws-sns", "sns-message-validator", "library writes the signed text, version 2", SNS)
def sns_2(hook):
    request = sns_request(sns_message(SignatureVersion="2", Subject="Grüße"))
    hook.accepts(request.body, request.headers)


@check("aws-sns", "sns-message-validator", "millrace send signs what the library expects", SNS, {
    "privateKey": pem(RSA)})
def sns_sent(hook):
    def library(it):
        message = it.json()
        RSA.public_key().verify(
            base64.b64decode(message["Signature"]), sns_text(message), padding.PKCS1v15(), hashes.SHA256())
        return message["SignatureVersion"] == "2"

    verifies(library, hook.sent(json.dumps({"Message": "4711 世界", "Subject": "Grüße"}).encode()))
