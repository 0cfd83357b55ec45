#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-or-later
"""What guests fetch from, and send to: server.py ADDRESS FOLDER. Port 8000 is HTTP; 8001 takes a line with a
length and so many bytes, and answers with their SHA-256."""
import functools
import hashlib
import http.server
import socketserver
import sys
import threading


class Sum(socketserver.StreamRequestHandler):
    def handle(self):
        left = int(self.rfile.readline(32))
        digest = hashlib.sha256()
        while left:
            data = self.rfile.read(min(left, 1 << 16))
            if not data:
                return
            digest.update(data)
            left -= len(data)
        self.wfile.write(digest.hexdigest().encode() + b"\n")


class Threads(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    daemon_threads = True


address, folder = sys.argv[1:3]
files = functools.partial(http.server.SimpleHTTPRequestHandler, directory=folder)
threading.Thread(target=Threads((address, 8001), Sum).serve_forever, daemon=True).start()
Threads((address, 8000), files).serve_forever()
