# JSON Web Tokens with PyJWT, and CloudEvents with the project's own library.

import hashlib
import json
import secrets
import time

import jwt
from cloudevents.core.bindings import http as cloud_http
from cloudevents.core.v1.event import CloudEvent
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa
from datetime import datetime, timezone

from hook import check, event, unique, verifies
from shared_secrets import SENDS, SIGNS

RSA = rsa.generate_private_key(public_exponent=65537, key_size=2048)
KEYS = {
    "RS256": RSA, "RS384": RSA, "RS512": RSA, "PS256": RSA, "PS384": RSA, "PS512": RSA,
    "ES256": ec.generate_private_key(ec.SECP256R1()), "ES384": ec.generate_private_key(ec.SECP384R1()),
    "ES512": ec.generate_private_key(ec.SECP521R1()), "EdDSA": ed25519.Ed25519PrivateKey.generate(),
}
SHARED = secrets.token_hex(32)
CLAIMS = {"issuer": "https://issuer.example", "audience": "millrace", "bodyHashClaim": "request_body_sha256"}


def pem(key):
    encoding, form = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(encoding, form, serialization.NoEncryption()).decode()


def public_pem(key):
    encoding, form = serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    return key.public_key().public_bytes(encoding, form).decode()


def token(body, key, algorithm, headers=None, **claims):
    now = int(time.time())
    members = {
        "iss": CLAIMS["issuer"], "aud": ["other", "millrace"], "exp": now + 60, "nbf": now - 1, "iat": now,
        "request_body_sha256": hashlib.sha256(body).hexdigest(),
    }
    members |= claims
    return {"Authorization": "Bearer " + jwt.encode(members, key, algorithm, headers)}


def signs(hook, key, algorithm, headers=None):
    body = event()
    hook.accepts(body, token(body, key, algorithm, headers) | {"Idempotency-Key": unique()})
    late = {"exp": int(time.time()) - 600}
    for claims in [late, {"aud": "other"}, {"iss": "https://issuer.example/"}]:
        answer = hook.post(body, token(body, key, algorithm, headers, **claims))
        assert answer.status == 401, f"a token with {claims} got {answer.status}"
    none = jwt.encode({"iss": CLAIMS["issuer"]}, None, "none")
    assert hook.post(body, {"Authorization": f"Bearer {none}"}).status == 401, "a token without signature opens"


def reads(hook, key, algorithm):
    def library(it):
        word, text = it.header("authorization").split(" ")
        claims = jwt.decode(text, key, [algorithm], audience="millrace", issuer=CLAIMS["issuer"])
        return word == "Bearer" and claims["request_body_sha256"] == hashlib.sha256(it.body).hexdigest()

    verifies(library, hook.sent(event()))


def register(algorithm, key, public, settings, sending):
    settings = CLAIMS | {"algorithms": [algorithm]} | settings
    check("jwt", "PyJWT", f"{SIGNS}, {algorithm}", settings)(lambda hook: signs(hook, key, algorithm))
    check("jwt", "PyJWT", f"{SENDS}, {algorithm}", settings, sending)(lambda hook: reads(hook, public, algorithm))


for name in ["HS256", "HS384", "HS512"]:
    register(name, SHARED, SHARED, {"secrets": SHARED}, {})
for name, pair in KEYS.items():
    register(name, pair, pair.public_key(), {"publicKeys": public_pem(pair)}, {"privateKey": pem(pair)})


def key_set():
    """As PyJWT writes public keys."""
    entries = []
    for name in ["RS256", "ES256", "EdDSA"]:
        kind = jwt.get_algorithm_by_name(name)
        entries.append(json.loads(kind.to_jwk(KEYS[name].public_key())) | {"kid": name, "alg": name, "use": "sig"})
    return {"keys": entries}


@check("jwt", "PyJWT", "library writes the key set and signs", CLAIMS | {
    "algorithms": ["RS256", "ES256", "EdDSA"], "jwks": key_set()})
def jwks(hook):
    for name in ["RS256", "ES256", "EdDSA"]:
        signs(hook, KEYS[name], name, {"kid": name})
        body = event()
        other = hook.post(body, token(body, KEYS[name], name, {"kid": "unknown"}))
        assert other.status == 401, f"an unknown kid got {other.status}"


# CloudEvents signs nothing: the token is what is changed.


@check("cloudevents", "cloudevents", "library writes the request, with a token", {"secrets": SHARED})
def cloud_events(hook):
    wrong = {"Authorization": "Bearer " + SHARED[:-1] + ("0" if SHARED[-1] != "0" else "1")}
    for write in [cloud_http.to_binary_event, cloud_http.to_structured_event]:
        identifier = unique()
        message = write(CloudEvent({
            "id": identifier, "source": "/shop/1", "type": "order.paid", "specversion": "1.0",
            "time": datetime.now(timezone.utc), "datacontenttype": "application/json", "subject": "Grüße 世界",
        }, {"amount": 4711}))
        headers = dict(message.headers)
        assert hook.post(message.body, headers | wrong).status == 401, "a wrong token opens"
        right = headers | {"Authorization": f"Bearer {SHARED}"}
        answer = hook.post(message.body, right)
        assert answer.status == 200 and answer.header("millrace-execution-id"), f"the event got {answer.status}"
        again = hook.post(message.body, right)
        assert again.header("idempotent-replayed") == "true", "the same event is not recognized"
