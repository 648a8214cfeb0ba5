# Providers that sign with a secret which both sides have.

import base64
import secrets
import time
import types
from datetime import datetime, timezone
from urllib.parse import parse_qs, urlencode

import gidgethub.sansio
import pywa.utils
import standardwebhooks
import stripe
import svix
from hubspot.utils.signature import Signature as HubSpotSignature
from paddle_billing.Notifications import Secret as PaddleSecret, Verifier as PaddleVerifier
from paddle_billing.Notifications.PaddleSignature import PaddleSignature
from slack_sdk.signature import SignatureVerifier
from square.utils.webhooks_helper import verify_signature as verify_square
from twilio.request_validator import RequestValidator, get_signature_algorithm

from hook import check, event, unique, verifies
from stage import PUBLIC_URL, Message

TEXT = secrets.token_urlsafe(32)
WHSEC = "whsec_" + base64.b64encode(secrets.token_bytes(32)).decode()
SIGNS = "library signs, ingest takes it"
SENDS = "millrace send signs, library takes it"
BOTH = "millrace send signs, library and ingest take it"
FORM = {"Content-Type": "application/x-www-form-urlencoded"}


def now():
    return str(int(time.time()))


# Slack


def slack_headers(body):
    signature = SignatureVerifier(TEXT).generate_signature(timestamp=now(), body=body)
    return {"X-Slack-Request-Timestamp": now(), "X-Slack-Signature": signature}


@check("slack", "slack_sdk", SIGNS + ", challenge", {"secrets": TEXT})
def slack(hook):
    body = event(event_id=unique())
    assert hook.accepts(body, slack_headers(body)).body == b"", "Slack would show the answer to people"
    command = f"command=%2Fgo&text=4711+%E4%B8%96&trigger_id={unique()}".encode()
    hook.accepts(command, FORM | slack_headers(command))
    question = event(type="url_verification", challenge="3eZbrw1aB")
    assert hook.post(question, slack_headers(question)).body == b"3eZbrw1aB", "the challenge is not answered"


@check("slack", "slack_sdk", SENDS, {"secrets": TEXT})
def slack_sent(hook):
    verifies(lambda it: SignatureVerifier(TEXT).is_valid_request(it.body, it.headers), hook.sent(event()))


# Standard Webhooks, Svix, and GitLab's signing tokens


def standard_headers(body, prefix="webhook", library=standardwebhooks):
    moment, identifier = datetime.now(timezone.utc), "msg_" + unique()
    signature = library.Webhook(WHSEC).sign(identifier, moment, body.decode())
    return {
        f"{prefix}-id": identifier, f"{prefix}-timestamp": str(int(moment.timestamp())),
        # Another key's signature stands before it while keys change.
        f"{prefix}-signature": f"v1,{base64.b64encode(bytes(32)).decode()} {signature}",
    }


@check("standard-webhooks", "standardwebhooks", SIGNS, {"secrets": WHSEC})
def standard(hook):
    body = event()
    hook.accepts(body, standard_headers(body))


@check("standard-webhooks", "standardwebhooks", SENDS, {"secrets": WHSEC})
def standard_sent(hook):
    verifies(lambda it: bool(standardwebhooks.Webhook(WHSEC).verify(it.body, dict(it.headers))), hook.sent(event()))


@check("standard-webhooks", "standardwebhooks", SIGNS + ", bare secret", {"secrets": WHSEC[6:].rstrip("=")})
def standard_bare(hook):
    standard(hook)


@check("svix", "svix", SIGNS, {"secrets": WHSEC})
def svix_signs(hook):
    body = event()
    hook.accepts(body, standard_headers(body, "svix", svix.webhooks))


@check("svix", "svix", SENDS, {"secrets": WHSEC})
def svix_sent(hook):
    def library(it):
        svix.webhooks.Webhook(WHSEC).verify(it.body, dict(it.headers))
        return True

    verifies(library, hook.sent(event()))


@check("gitlab", "standardwebhooks", SIGNS, {"signingTokens": WHSEC})
def gitlab(hook):
    body = event()
    hook.accepts(body, standard_headers(body) | {"X-Gitlab-Event": "Push Hook"})


@check("gitlab", "standardwebhooks", SENDS, {"signingTokens": WHSEC})
def gitlab_sent(hook):
    standard_sent(hook)


# Stripe


@check("stripe", "stripe", SIGNS, {"secrets": WHSEC})
def stripe_signs(hook):
    body = event(object="event", type="charge.succeeded")
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), WHSEC)
    hook.accepts(body, {"Stripe-Signature": header})
    body = event(object="event", type="charge.succeeded")
    header = stripe.WebhookSignature.generate_signature_header(body.decode(), WHSEC)
    hook.accepts(body, {"Stripe-Signature": header.replace(",v1", f",v1={'0' * 64},v1") + ",v0=abc"})


@check("stripe", "stripe", SENDS, {"secrets": WHSEC})
def stripe_sent(hook):
    def library(it):
        return stripe.Webhook.construct_event(it.body, it.header("stripe-signature"), WHSEC).id

    verifies(library, hook.sent(event(object="event", type="charge.succeeded")))


@check("hmac", "stripe", SIGNS + ", by settings", {
    "secrets": WHSEC, "header": "Stripe-Signature", "separator": ",", "prefix": "v1=", "timestamp": "item:t",
    "signed": "{timestamp}.{body}", "dedupe": "body:id"})
def generic(hook):
    stripe_signs(hook)


# Twilio


def twilio_fields(body):
    """The form as Flask or Django hand it over: each name with all its values."""
    fields = parse_qs(body.decode(), keep_blank_values=True)

    class Fields(dict):
        def getlist(self, name):
            return self[name]

    return Fields(fields)


def twilio_signs(hook, algorithm=None):
    validator = RequestValidator(TEXT)
    settings = {"X-Twilio-Webhooks-Signature-Settings": f"key=k1,algorithm={algorithm}"} if algorithm else {}

    def accepts(body, query="", port="", headers=FORM, fields=twilio_fields):
        url = hook.url.replace(PUBLIC_URL, PUBLIC_URL + port) + (f"?{query}" if query else "")
        signature = validator.compute_signature(url, fields(body), algorithm)
        return hook.accepts(body, headers | settings | {"X-Twilio-Signature": signature}, query)

    def message(*more):
        return urlencode([("MessageSid", unique()), ("Body", "4711 Grüße & 世界+="), *more]).encode()

    answer = accepts(message(("From", "+1 415"), ("Empty", "")))
    assert b"<Response/>" in answer.body and "xml" in answer.header("content-type"), "the answer is no TwiML"
    accepts(message(("Media", "b"), ("Media", "a"), ("Media", "b"), ("media", "c")))
    accepts(message(), query="who=me%20&x=1")
    accepts(message(), port=":443")
    url = f"{hook.url}?Body=4711&MessageSid={unique()}"
    asked = hook.stage.post(hook.check.key, Message(
        None, settings | {"X-Twilio-Signature": validator.compute_signature(url, {}, algorithm)}, "GET",
        url.split("?")[1]))
    assert asked.status == 200, f"GET got {asked.status}: {asked.body}"
    body = event()
    accepts(body, f"bodySHA256={validator.compute_hash(body.decode())}", headers={}, fields=lambda _: {})


def twilio_verifies(hook):
    validator = RequestValidator(TEXT)

    def library(it):
        body = it.body.decode() if b"{" in it.body else twilio_fields(it.body)
        algorithm = get_signature_algorithm(it.header("x-twilio-webhooks-signature-settings"))
        if hook.check.settings.get("algorithm"):
            algorithm = "HMAC_SHA256"
        return validator.validate(it.url, body, it.header("x-twilio-signature"), algorithm)

    verifies(library, hook.sent(b"MessageSid=SM1&Body=4711+Gr%C3%BC%C3%9Fe&To=%2B1&To=%2B1", query="a=b%20c"))
    verifies(library, hook.sent(event()))


@check("twilio", "twilio", SIGNS, {"secrets": TEXT})
def twilio(hook):
    twilio_signs(hook)


@check("twilio", "twilio", SIGNS + ", SHA-256", {"secrets": TEXT, "algorithm": "sha256"})
def twilio_256(hook):
    twilio_signs(hook, "HMAC_SHA256")


@check("twilio", "twilio", SENDS, {"secrets": TEXT})
def twilio_sent(hook):
    twilio_verifies(hook)


@check("twilio", "twilio", SENDS + ", SHA-256", {"secrets": TEXT, "algorithm": "sha256"})
def twilio_sent_256(hook):
    twilio_verifies(hook)


# HubSpot


def hubspot_headers(hook, body, version, query=""):
    moment = str(int(time.time() * 1000))
    # HubSpot signs the address with some escapes undone.
    url = hook.url + (f"?{query}".replace("%3A", ":").replace("%2F", "/") if query else "")
    signature = HubSpotSignature.get_signature(TEXT, body.decode(), version, url, "POST", moment)
    if version == "v3":
        return {"X-HubSpot-Signature-v3": signature, "X-HubSpot-Request-Timestamp": moment}
    return {"X-HubSpot-Signature": signature, "X-HubSpot-Signature-Version": version}


def hubspot_body():
    return b"[%s]" % event(eventId=unique(), occurredAt=1, objectId=2, subscriptionType="contact.creation")


@check("hubspot", "hubspot-api-client", SIGNS + ", v3", {"secrets": TEXT})
def hubspot(hook):
    body = hubspot_body()
    hook.accepts(body, hubspot_headers(hook, body, "v3"))
    body, query = hubspot_body(), "to=https%3A%2F%2Fa.example%2F&x=%26"
    hook.accepts(body, hubspot_headers(hook, body, "v3", query), query)
    body = hubspot_body()
    old = hook.post(body, hubspot_headers(hook, body, "v2"))
    assert old.status == 401, "version 2 opens what version 3 is for"


@check("hubspot", "hubspot-api-client", SIGNS + ", v1 and v2", {"secrets": TEXT, "versions": ["v3", "v2", "v1"]})
def hubspot_older(hook):
    for version in ["v1", "v2", "v3"]:
        body = hubspot_body()
        hook.accepts(body, hubspot_headers(hook, body, version))


def hubspot_library(version, signature):
    return lambda it: HubSpotSignature.is_valid(
        it.header(signature), TEXT, it.body.decode(), it.url, it.method, version,
        it.header("x-hubspot-request-timestamp"))


@check("hubspot", "hubspot-api-client", SENDS + ", v3", {"secrets": TEXT})
def hubspot_sent(hook):
    verifies(hubspot_library("v3", "x-hubspot-signature-v3"), hook.sent(hubspot_body()))


@check("hubspot", "hubspot-api-client", SENDS + ", v2", {"secrets": TEXT, "versions": ["v2"]})
def hubspot_sent_v2(hook):
    verifies(hubspot_library("v2", "x-hubspot-signature"), hook.sent(hubspot_body()))


@check("hubspot", "hubspot-api-client", SENDS + ", v1", {"secrets": TEXT, "versions": ["v1"]})
def hubspot_sent_v1(hook):
    verifies(hubspot_library("v1", "x-hubspot-signature"), hook.sent(hubspot_body()))


# Paddle


@check("paddle", "paddle-python-sdk", SIGNS, {"secrets": TEXT})
def paddle(hook):
    body, moment = event(event_id="evt_" + unique()), now()
    code = PaddleSignature.calculate_hmac(TEXT, f"{moment}:".encode() + body).hexdigest()
    hook.accepts(body, {"Paddle-Signature": f"ts={moment};h1={'0' * 64};h1={code}"})


@check("paddle", "paddle-python-sdk", SENDS, {"secrets": TEXT})
def paddle_sent(hook):
    def library(it):
        request = types.SimpleNamespace(body=it.body, headers=it.headers)
        return PaddleVerifier(60).verify(request, [PaddleSecret(TEXT)])

    verifies(library, hook.sent(event(event_id="evt_" + unique())))


# Libraries that only verify


@check("square", "squareup", BOTH, {"secrets": TEXT})
def square_sent(hook):
    def library(it):
        return verify_square(
            request_body=it.body.decode(), signature_header=it.header("x-square-hmacsha256-signature"),
            signature_key=TEXT, notification_url=hook.url)

    resent(hook, library, event(event_id=unique()))


@check("github", "gidgethub", BOTH, {"secrets": TEXT})
def github_sent(hook):
    def library(it):
        gidgethub.sansio.validate_event(it.body, signature=it.header("x-hub-signature-256"), secret=TEXT)
        return True

    resent(hook, library, event())


@check("meta", "pywa", BOTH, {"secrets": TEXT, "verifyToken": "hello"})
def meta_sent(hook):
    def library(it):
        return pywa.utils.webhook_updates_validator(TEXT, it.body, it.header("x-hub-signature-256"))

    resent(hook, library, event())


def resent(hook, library, body):
    """The library takes what millrace send sends, and ingest takes the very same request."""
    request = hook.sent(body)
    verifies(library, request)
    hook.accepts(request.body, dict(request.headers))
