# One Redis, one ingest and one worker for the run, all on loopback and in a directory that is removed at the end.

import ctypes
import http.client
import http.server
import json
import os
import pathlib
import queue
import shutil
import signal
import socket
import subprocess
import tempfile
import threading
import time
from dataclasses import dataclass, field

# What libraries sign as the address; ingest is told the same.
PUBLIC_URL = "https://hooks.example.com"


@dataclass
class Message:
    """A request or an answer, with the body as bytes."""

    body: bytes
    headers: object = field(default_factory=dict)
    method: str = "POST"
    target: str = ""
    status: int = 0

    def header(self, name):
        return next((value for key, value in self.headers.items() if key.lower() == name.lower()), None)

    @property
    def url(self):
        return PUBLIC_URL + self.target

    def json(self):
        return json.loads(self.body)


class Stage:
    def __init__(self, programs):
        self.programs = pathlib.Path(programs)
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="millrace-libraries-"))
        self.processes = []
        self.received = queue.Queue()
        self.receiver = None
        # Nobody else's settings.
        self.environment = {name: value for name, value in os.environ.items() if not name.startswith("MILLRACE_")}
        self.environment["MILLRACE_PUBLIC_URL"] = PUBLIC_URL

    def start(self, workflows, secrets):
        self.environment |= {f"MILLRACE_ENV_{name}": value for name, value in secrets.items()}
        socket_path = self.directory / "redis.sock"
        self.environment["MILLRACE_REDIS_URL"] = f"unix://{socket_path}"
        self._spawn(
            "redis", shutil.which("redis-server") or "redis-server", "--port", "0", "--unixsocket", socket_path,
            "--appendonly", "yes", "--save", "", "--maxmemory-policy", "noeviction", "--dir", self.directory)
        self._wait("redis", lambda: self._redis_answers(socket_path))
        self._apply(workflows)
        self.port, metrics = free_port(), free_port()
        state = ["--state-dir", self.directory]
        self._spawn(
            "ingest", self.programs / "millrace-ingest", "--listen", f"127.0.0.1:{self.port}", "--audit-dir", "off",
            *state)
        self._spawn(
            "worker", self.programs / "millrace-worker", "--metrics-listen", f"127.0.0.1:{metrics}", "--concurrency",
            "16", "--script-processes", "1")
        for name, port in [("ingest", self.port), ("worker", metrics)]:
            self._wait(name, lambda port=port: exchange(port, "GET", "/-/readyz").status == 200)
        self._start_receiver()

    def stop(self):
        if self.receiver:
            self.receiver.shutdown()
            self.receiver.server_close()
        # Redis last, because the others give back to it what they hold.
        for _, process in reversed(self.processes):
            process.terminate()
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        shutil.rmtree(self.directory, ignore_errors=True)

    def post(self, key, request):
        target = f"/api/webhooks/{key}" + (f"?{request.target}" if request.target else "")
        return exchange(self.port, request.method, target, request.headers, request.body)

    def result(self, execution):
        """What the workflow has made of the webhook."""
        target = f"/api/executions/{execution}/result"
        deadline = time.monotonic() + 20
        while True:
            answer = exchange(self.port, "GET", target)
            if answer.status != 202:
                return answer
            if time.monotonic() > deadline:
                raise AssertionError("the execution does not end")
            time.sleep(0.02)

    def send(self, key, arguments):
        """Lets `millrace send` sign a request, and gives what came over the wire."""
        port = self.receiver.server_address[1]
        command = [self.programs / "millrace", "send", key, "--url", f"http://127.0.0.1:{port}", *arguments]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        assert done.returncode == 0, f"millrace send ended with {done.returncode}: {done.stderr.strip()}"
        return self.received.get(timeout=5)

    def _apply(self, workflows):
        folder = self.directory / "workflows"
        folder.mkdir()
        for workflow in workflows:
            # JSON is YAML too.
            (folder / f"{workflow['key']}.yaml").write_text(json.dumps(workflow))
        command = [self.programs / "millrace", "apply", folder]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, timeout=60)
        if done.returncode != 0:
            raise SystemExit(f"millrace apply ended with {done.returncode}:\n{done.stdout}{done.stderr}")

    def _spawn(self, name, *command):
        with open(self.directory / f"{name}.log", "wb") as log:
            process = subprocess.Popen(
                [str(word) for word in command], env=self.environment, cwd=self.directory, stdin=subprocess.DEVNULL,
                stdout=log, stderr=log, start_new_session=True, preexec_fn=end_with_parent)
        self.processes.append((name, process))

    def _wait(self, name, is_ready):
        process = dict(self.processes)[name]
        deadline = time.monotonic() + 30
        while time.monotonic() < deadline and process.poll() is None:
            try:
                if is_ready():
                    return
            except OSError:
                pass
            time.sleep(0.05)
        log = (self.directory / f"{name}.log").read_text(errors="replace")
        raise SystemExit(f"{name} does not start:\n{log[-2000:]}")

    @staticmethod
    def _redis_answers(path):
        with socket.socket(socket.AF_UNIX) as connection:
            connection.settimeout(1)
            connection.connect(str(path))
            connection.sendall(b"PING\r\n")
            return connection.recv(16).startswith(b"+PONG")

    def _start_receiver(self):
        received = self.received

        class Receiver(http.server.BaseHTTPRequestHandler):
            def handle_any(self):
                body = self.rfile.read(int(self.headers.get("content-length") or 0))
                received.put(Message(body, self.headers, self.command, self.path))
                self.send_response(200)
                self.send_header("content-length", "0")
                self.end_headers()

            do_POST = do_GET = handle_any

            def log_message(self, *_):
                pass

        self.receiver = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Receiver)
        threading.Thread(target=self.receiver.serve_forever, daemon=True).start()


def end_with_parent():
    """PR_SET_PDEATHSIG: nothing is left behind by a run that is killed. The main thread starts all programs."""
    ctypes.CDLL(None).prctl(1, signal.SIGKILL)


def exchange(port, method, target, headers=None, body=None):
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    try:
        connection.request(method, target, body=body, headers=headers or {})
        response = connection.getresponse()
        return Message(response.read(), response.headers, method, target, response.status)
    finally:
        connection.close()


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]
