# Encrypted callbacks: WeCom, DingTalk, Feishu. The libraries read our answers too.

import base64
import hashlib
import json
import secrets
import time
from urllib.parse import parse_qs, urlencode, urlsplit

import lark_oapi
import xmltodict
from Crypto.Cipher import AES
from dingtalk.crypto import DingTalkCrypto
from lark_oapi.core.model import RawRequest
from wechatpy.crypto import _get_signature as wechat_signature
from wechatpy.enterprise.crypto import PrpCrypto, WeChatCrypto

from hook import check, event, unique, verifies
from stage import Message

ENCRYPTS = "millrace send encrypts, library reads it"
TOKEN = secrets.token_hex(12)
AES_KEY = base64.b64encode(secrets.token_bytes(32)).decode()[:43]
CALLBACK = {"token": TOKEN, "encodingAESKey": AES_KEY}
CORP = "ww0123456789abcdef"
OWNER = "dingabcdef"
ENCRYPT_KEY = secrets.token_urlsafe(24)
LARK_TOKEN = secrets.token_urlsafe(24)


def query_of(request):
    return {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}


# WeCom

wecom_library = WeChatCrypto(TOKEN, AES_KEY, CORP)


def wecom_message(text="Grüße, 世界"):
    return (
        f"<xml><ToUserName><![CDATA[{CORP}]]></ToUserName><FromUserName><![CDATA[zhang]]></FromUserName>"
        f"<CreateTime>{int(time.time())}</CreateTime><MsgType><![CDATA[text]]></MsgType>"
        f"<Content><![CDATA[{text}]]></Content><MsgId>{int(unique(), 16)}</MsgId><AgentID>1</AgentID></xml>")


def wecom_request(message):
    nonce = unique()
    sealed = xmltodict.parse(wecom_library.encrypt_message(message, nonce))["xml"]
    body = f"<xml><ToUserName>{CORP}</ToUserName><Encrypt><![CDATA[{sealed['Encrypt']}]]></Encrypt></xml>"
    query = {"msg_signature": sealed["MsgSignature"], "timestamp": sealed["TimeStamp"], "nonce": nonce}
    return body.encode(), urlencode(query)


@check("wecom", "wechatpy", "library encrypts, ingest reads it", CALLBACK | {"corpId": CORP})
def wecom(hook):
    message = wecom_message()
    body, query = wecom_request(message)
    answer = hook.accepts(body, {"Content-Type": "text/xml"}, query, sees=message)
    assert answer.status == 200 and answer.body == b"", "WeCom wants an empty 200"


@check("wecom", "wechatpy", "library encrypts echostr, reads our answer", CALLBACK | {"corpId": CORP})
def wecom_echo(hook):
    for _ in range(8):
        echo, nonce, moment = str(int(unique(), 16)), unique(), str(int(time.time()))
        sealed = PrpCrypto(wecom_library.key).encrypt(echo, CORP).decode()
        query = {
            "msg_signature": wechat_signature(TOKEN, moment, nonce, sealed), "timestamp": moment, "nonce": nonce,
            "echostr": sealed,
        }
        answer = hook.post(b"", query=urlencode(query), method="GET")
        read = wecom_library.check_signature(query["msg_signature"], moment, nonce, sealed)
        assert answer.body.decode() == read == echo, f"the echo is {answer.body!r} ({answer.status}), not {read}"
        wrong = query | {"echostr": ("A" if sealed[0] != "A" else "B") + sealed[1:]}
        assert hook.post(b"", query=urlencode(wrong), method="GET").status == 401, "a changed echostr is taken"


@check("wecom", "wechatpy", ENCRYPTS, CALLBACK | {"corpId": CORP})
def wecom_sent(hook):
    message = wecom_message()

    def library(it):
        query = query_of(it)
        read = wecom_library.decrypt_message(it.body, query["msg_signature"], query["timestamp"], query["nonce"])
        return read == message

    verifies(library, hook.sent(message.encode()))
    query = query_of(hook.sent(b"echo 4711", "--method", "GET"))
    words = [query[name] for name in ("msg_signature", "timestamp", "nonce", "echostr")]
    assert wecom_library.check_signature(*words) == "echo 4711", "wechatpy reads another echostr"


# DingTalk

dingtalk_library = DingTalkCrypto(TOKEN, AES_KEY, OWNER)


def dingtalk_request(message):
    sealed = dingtalk_library.encrypt_message(message)
    query = {
        "signature": sealed["msg_signature"], "msg_signature": sealed["msg_signature"],
        "timestamp": sealed["timeStamp"], "nonce": sealed["nonce"],
    }
    return json.dumps({"encrypt": sealed["encrypt"]}).encode(), urlencode(query)


def dingtalk_read(answer):
    reply = answer.json()
    words = [reply[name] for name in ("msg_signature", "timeStamp", "nonce")]
    # wechatpy has the same cipher, written by others.
    read = dingtalk_library.decrypt_message({"encrypt": reply["encrypt"]}, *words)
    assert WeChatCrypto(TOKEN, AES_KEY, OWNER).decrypt_message({"Encrypt": reply["encrypt"]}, *words) == read
    return read


@check("dingtalk", "dingtalk-sdk", "library encrypts, reads our encrypted answer", CALLBACK | {"ownerKey": OWNER})
def dingtalk(hook):
    message = event(EventType="user_add_org", eventId=unique())
    body, query = dingtalk_request(message)
    answer = hook.accepts(body, query=query, sees=json.loads(message))
    assert dingtalk_read(answer) == "success"
    for kind, wanted in [("check_url", "success"), ("check_create_suite_url", "r4nd0m")]:
        body, query = dingtalk_request(event(EventType=kind, Random="r4nd0m"))
        assert dingtalk_read(hook.post(body, query=query)) == wanted, f"{kind} is answered otherwise"


@check("dingtalk", "dingtalk-sdk", ENCRYPTS, CALLBACK | {"ownerKey": OWNER})
def dingtalk_sent(hook):
    message = event(EventType="user_add_org")

    def library(it):
        query = query_of(it)
        words = [query[name] for name in ("msg_signature", "timestamp", "nonce")]
        return dingtalk_library.decrypt_message(it.body, *words) == message.decode()

    verifies(library, hook.sent(message))


# Feishu and Lark: the library only verifies, so it looks at our requests first.


def lark_answer(request, encrypt_key=ENCRYPT_KEY):
    seen = []
    handler = lark_oapi.EventDispatcherHandler.builder(encrypt_key, LARK_TOKEN).register_p2_customized_event(
        "im.test", lambda it: seen.append(it.event)).build()
    raw = RawRequest()
    raw.uri, raw.body = request.target, request.body
    # The library looks headers up as Feishu writes them.
    names = ["X-Lark-Request-Timestamp", "X-Lark-Request-Nonce", "X-Lark-Signature"]
    raw.headers = {name: request.header(name) for name in names}
    answer = handler.do(raw)
    return (answer.content, seen) if answer.status_code == 200 else None


def lark_event(**event):
    header = {"event_id": unique(), "event_type": "im.test", "create_time": "1", "token": LARK_TOKEN, "app_id": "a",
              "tenant_key": "t"}
    return json.dumps({"schema": "2.0", "header": header, "event": {"amount": 4711, "text": "世界"} | event}).encode()


def lark_request(message):
    iv, pad = secrets.token_bytes(16), 16 - len(message) % 16
    cipher = AES.new(hashlib.sha256(ENCRYPT_KEY.encode()).digest(), AES.MODE_CBC, iv)
    sealed = iv + cipher.encrypt(message + bytes([pad]) * pad)
    body = json.dumps({"encrypt": base64.b64encode(sealed).decode()}).encode()
    moment, nonce = str(int(time.time())), unique()
    signature = hashlib.sha256((moment + nonce + ENCRYPT_KEY).encode() + body).hexdigest()
    return Message(body, {
        "Content-Type": "application/json; charset=utf-8", "X-Lark-Request-Timestamp": moment,
        "X-Lark-Request-Nonce": nonce, "X-Lark-Signature": signature,
    })


LARK = {"secrets": ENCRYPT_KEY, "verificationToken": LARK_TOKEN}


@check("feishu", "lark-oapi", "library and ingest read the same, challenge", LARK)
def feishu(hook):
    message = lark_event()
    request = lark_request(message)
    verifies(lark_answer, request)
    hook.accepts(request.body, request.headers, sees=json.loads(message))
    question = json.dumps({"challenge": unique(), "token": LARK_TOKEN, "type": "url_verification"}).encode()
    request = lark_request(question)
    answer = hook.post(request.body, {})
    assert answer.status == 200, f"the challenge got {answer.status}"
    assert answer.json() == json.loads(lark_answer(request)[0]), f"the challenge is answered with {answer.body}"


@check("feishu", "lark-oapi", ENCRYPTS, LARK)
def feishu_sent(hook):
    verifies(lambda it: lark_answer(it) and lark_answer(it)[1] != [], hook.sent(lark_event()))


@check("lark", "lark-oapi", "library and ingest take the same, not encrypted", {"verificationToken": LARK_TOKEN})
def lark_plain(hook):
    message = lark_event()
    # The token covers nothing else, so the token is what is changed.
    wrong = message.replace(LARK_TOKEN.encode(), LARK_TOKEN.swapcase().encode())
    verifies(lambda it: lark_answer(it, ""), Message(message), Message(wrong))
    hook.accepts(message, sees=json.loads(message), changed=wrong)
