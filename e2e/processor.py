"""A payment processor for tests, on the loopback: localstripe, on a free port, which is printed.

It keeps nothing on disk, so that several run side by side, and takes what Stripe takes beside a charge but it doesn't know.
"""

import socket

from aiohttp import web
from localstripe import resources
from localstripe.server import app

# What a statement shows; Stripe knows it, and the other side of the test checks that against Stripe's description.
BESIDE = ("description", "statement_descriptor_suffix")


def main():
    resources.Store.dump_to_disk = lambda store: None
    create = resources.PaymentIntent.__init__

    def lenient(intent, **fields):
        create(intent, **{name: value for name, value in fields.items() if name not in BESIDE})

    resources.PaymentIntent.__init__ = lenient
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    # Whoever reads the port may call at once.
    listener.listen()
    print(listener.getsockname()[1], flush=True)
    web.run_app(app, sock=listener, print=None)


main()
