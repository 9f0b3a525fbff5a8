"""A receiver of the webhook: checks each signature, drops repetitions, keeps one line a story up to date.

SOC_KEY=… python3 receive_alerts.py 9200     then open http://127.0.0.1:9200/. Standard library only.
"""

import hashlib
import hmac
import json
import os
import sys
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

KEY = os.environ["SOC_KEY"].encode()
OLDEST_SECONDS = 300
seen: set[str] = set()  # keep it on disk where a restart must not count a repetition twice
board: dict[str, str] = {}  # thread -> its newest message


class Receiver(BaseHTTPRequestHandler):
    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", "0")))
        if not self.is_genuine(body):
            self.answer(403, "who is this?")
            return
        key = self.headers["Idempotency-Key"]
        if key not in seen:
            alert = json.loads(body)
            board[alert["thread"] or key] = alert["subject"]  # a story's thread stays the same
            seen.add(key)
        self.answer(200, "ok")

    def is_genuine(self, body: bytes) -> bool:
        timestamp = self.headers.get("Pollwatch-Timestamp", "")
        signed = hmac.new(KEY, timestamp.encode() + b"." + body, hashlib.sha256).hexdigest()
        given = self.headers.get("Pollwatch-Signature", "")
        fresh = timestamp.isdigit() and abs(time.time() - int(timestamp)) < OLDEST_SECONDS
        return fresh and hmac.compare_digest(given.encode(), f"v1={signed}".encode())

    def do_GET(self) -> None:
        self.answer(200, json.dumps(board, ensure_ascii=False, indent=2))

    def answer(self, status: int, text: str) -> None:
        data = text.encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain; charset=utf-8")
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Receiver).serve_forever()
