"""Starts localstripe's application on a free port of loopback and says which, in one line on standard output.

Its own command listens on every interface and keeps its state in one fixed file; this keeps it in memory, so that several
can run at once. It ends when its standard input does.
"""

import socket
import sys
import threading

from aiohttp import web
from localstripe import resources
from localstripe.server import app

resources.Store.dump_to_disk = lambda self: None
resources.Store.try_load_from_disk = lambda self: None


def end_with_owner():
    sys.stdin.buffer.read()
    import os

    os._exit(0)


listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
listener.bind(("127.0.0.1", 0))
listener.listen(128)
print("{}:{}".format(*listener.getsockname()), flush=True)
threading.Thread(target=end_with_owner, daemon=True).start()
web.run_app(app, sock=listener, print=None, access_log=None)
