# What a check has at hand: one workflow with one provider, and the two ways in which a library can be asked.

import contextlib
import dataclasses
import importlib.metadata
import json
import os
import re
import secrets
import sys
from dataclasses import dataclass

from stage import Message, PUBLIC_URL

CHECKS = []
# Settings whose values workflows take from $env.
SECRETS = {"secrets", "signingTokens", "publicKeys", "token", "encodingAESKey", "verificationToken", "apiV3Key"}


@dataclass
class Check:
    provider: str
    library: str
    way: str
    settings: dict
    sending: dict
    run: object
    key: str = ""

    @property
    def version(self):
        apart = [*sys.path, os.environ["MILLRACE_TEST_APART"]]
        return next(importlib.metadata.distributions(name=self.library, path=apart)).version


def check(provider, library, way, settings, sending=None):
    """Registers a function that gets a Hook. `sending` has the settings that only `millrace send` needs."""

    def register(run):
        key = f"{provider}-{len(CHECKS)}"
        CHECKS.append(Check(provider, library, way, settings, sending or {}, run, key))
        return run

    return register


class Hook:
    def __init__(self, check, stage):
        self.check = check
        self.stage = stage
        self.path = f"/api/webhooks/{check.key}"
        self.url = PUBLIC_URL + self.path

    def post(self, body, headers=None, query="", method="POST"):
        headers = {"Content-Type": "application/json"} | (headers or {})
        return self.stage.post(self.check.key, Message(body, headers, method, query))

    def accepts(self, body, headers=None, query="", sees=None, changed=None):
        """Ingest takes the request, the workflow runs and sees it, and with one byte changed it gets 401."""
        refused = self.post(changed or change(body), headers, query)
        assert refused.status == 401, f"a changed byte got {refused.status}: {refused.body[:200]!r}"
        assert not refused.header("millrace-execution-id"), "a changed byte got an execution id"
        answer = self.post(body, headers, query)
        assert 200 <= answer.status < 300, f"the library's request got {answer.status}: {answer.body[:300].decode()}"
        execution = answer.header("millrace-execution-id")
        assert execution, "the answer has no execution id"
        result = self.stage.result(execution)
        assert result.status == 200, f"the execution came to {result.status}: {result.body[:300]!r}"
        if sees is not None:
            assert result.json() == sees, f"the workflow saw {result.body[:300].decode()}"
        return answer

    def sent(self, body, *arguments, query=""):
        """What `millrace send` has made of the body."""
        check = self.check
        words = ["--provider", check.provider, "--data", body.decode()] + (["--query", query] if query else [])
        for name, value in (check.settings | check.sending).items():
            text = value if isinstance(value, str) else json.dumps(value)
            words += ["--setting", f"{name}={text}"]
        return self.stage.send(check.key, words + list(arguments))

    def workflow(self):
        verify = {"provider": self.check.provider}
        for name, value in self.check.settings.items():
            verify[name] = self._templates(name, value)
        return {
            "key": self.check.key, "trigger": {"type": "webhook", "methods": ["POST", "GET"], "verify": [verify]},
            "nodes": [{"key": "seen", "type": "output", "value": "{{$context.data}}"}],
        }

    def secrets(self):
        return {self._variable(name): _text(value) for name, value in self.check.settings.items() if name in SECRETS}

    def _templates(self, name, value):
        if name not in SECRETS:
            return value
        template = "{{$env." + self._variable(name) + "}}"
        return value | {"value": template} if isinstance(value, dict) else template

    def _variable(self, name):
        return re.sub("[^A-Z0-9]", "_", f"{self.check.key}_{name}".upper())


def _text(value):
    return value["value"] if isinstance(value, dict) else value


def change(body):
    """One byte different, and still of the same kind: the last digit of 4711, or a letter in the middle."""
    at = body.find(b"4711") + 3
    if at < 3:
        middle = range(len(body) // 2, len(body))
        at = next(index for index in middle if chr(body[index]).isalnum())
    other = b"2" if body[at:at + 1] != b"2" else b"3"
    return body[:at] + other + body[at + 1:]


def verifies(library, request, changed=None):
    """The library takes what was sent, and refuses it (with False, None or an error) with one byte changed."""
    assert library(request) not in (False, None), "the library refuses what millrace send has sent"
    other = changed or dataclasses.replace(request, body=change(request.body))
    try:
        # Some print why.
        with contextlib.redirect_stdout(None):
            taken = library(other)
    except Exception:
        return
    assert taken in (False, None), "the library takes a changed request"


def unique():
    return secrets.token_hex(8)


def event(**members):
    """A body with something in it that must not be written anew: blanks, escapes, other letters."""
    text = json.dumps({"id": f"evt_{unique()}", "amount": 4711, "text": "Grüße, 世界 <&>/"} | members)
    return text.replace("\\u4e16", "世").encode()
