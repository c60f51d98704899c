"""A real SMTP server for tests, on the loopback: it parses what arrives and can misbehave on request.

Each letter becomes a JSON file in the folder, 0001.json and so on. The local part of the recipient asks for an outcome:
x+421@, x+451@, x+550@, x+closed@ refuse the recipient, x+554@ refuses the letter, x+norelay@, x+badsender@ and, after the
letter, x+sendas@ refuse its sender, x+drop@ takes the letter and hangs up without an answer, x+slow@ answers after --slow
seconds.
"""

import argparse
import asyncio
import email
import email.header
import email.policy
import email.utils
import hashlib
import json
import pathlib
import ssl

from aiosmtpd.smtp import SMTP, AuthResult

REFUSALS = {
    "421": "421 4.3.2 Closing for maintenance",
    "451": "451 4.7.1 Greylisted, come back later",
    "550": "550 5.1.1 No such user here",
    "closed": "550 5.7.1 Recipient address rejected: Access denied",
    "norelay": "554 5.7.1 Relay access denied",
    "badsender": "550 5.1.8 Access denied, bad outbound sender",
}

LETTER_REFUSALS = {
    "554": "554 5.7.1 The letter looks like spam",
    "sendas": "554 5.2.252 SendAsDenied; somebody@ours.example not allowed to send as billing@ours.example",
}


DKIM_RECORD = pathlib.Path("dkim.txt")


def wish(address):
    return address.rpartition("@")[0].partition("+")[2]


def sha256(content):
    return hashlib.sha256(content).hexdigest()


def body(message, kind):
    part = message.get_body((kind,))
    return part.get_content() if part else None


def attachment(part):
    content = part.get_payload(decode=True)
    return {
        "file_name": part.get_filename(),
        "media_type": part.get_content_type(),
        "size_bytes": len(content),
        "sha256": sha256(content),
    }


def people(raw, header):
    # The older parser: the newer one leaves a space between two encoded words of a name.
    listed = email.message_from_bytes(raw, policy=email.policy.compat32).get_all(header, [])
    pairs = email.utils.getaddresses([value.replace("\r\n", "") for value in listed])
    return [[str(email.header.make_header(email.header.decode_header(name))), address] for name, address in pairs]


def signature(raw):
    """What dkimpy says of the signature, with the key of dkim.txt in the folder, as DNS would show it; None without one."""
    if b"dkim-signature:" not in raw.lower():
        return None
    import dkim

    record = DKIM_RECORD.read_bytes() if DKIM_RECORD.exists() else b""
    return bool(dkim.verify(raw, dnsfunc=lambda name, timeout=5: record))


def described(server, session, envelope):
    raw = envelope.original_content
    message = email.message_from_bytes(raw, policy=email.policy.default)
    return {
        "envelope": {"hello": session.host_name, "from": envelope.mail_from, "to": envelope.rcpt_tos},
        "peer": list(session.peer),
        "encrypted": server.transport.get_extra_info("ssl_object") is not None,
        "user": session.auth_data.login.decode() if session.auth_data else None,
        "headers": [[name, str(value)] for name, value in message.items()],
        "people": {header: people(raw, header) for header in ("From", "Reply-To", "To", "Cc") if message[header]},
        "structure": [part.get_content_type() for part in message.walk()],
        "defects": [repr(defect) for part in message.walk() for defect in part.defects],
        "text": body(message, "plain"),
        "html": body(message, "html"),
        "attachments": [attachment(part) for part in message.iter_attachments()],
        "sha256": sha256(raw),
        "dkim": signature(raw),
        "is_ascii": raw.isascii(),
        "longest_line_bytes": max(map(len, raw.split(b"\r\n"))),
        "has_bare_line_ends": b"\n" in raw.replace(b"\r\n", b"") or b"\r" in raw.replace(b"\r\n", b""),
    }


class Handler:
    def __init__(self, folder, slow_s):
        self.folder, self.slow_s, self.count = folder, slow_s, 0

    async def handle_RCPT(self, server, session, envelope, address, options):
        if refusal := REFUSALS.get(wish(address)):
            return refusal
        envelope.rcpt_tos.append(address)
        return "250 2.1.5 Ok"

    async def handle_DATA(self, server, session, envelope):
        wishes = {wish(address) for address in envelope.rcpt_tos}
        if refusal := next(filter(None, map(LETTER_REFUSALS.get, wishes)), None):
            return refusal
        self.store(described(server, session, envelope))
        if "slow" in wishes:
            await asyncio.sleep(self.slow_s)
        if "drop" in wishes:
            server.transport.abort()
        return f"250 2.0.0 Ok: queued as {self.count:04}"

    def store(self, letter):
        self.count += 1
        draft = self.folder / f"{self.count:04}.part"
        draft.write_text(json.dumps(letter, ensure_ascii=False), encoding="utf-8")
        draft.rename(draft.with_suffix(".json"))


def authenticator(expected):
    def check(server, session, envelope, mechanism, data):
        right = f"{data.login.decode()}:{data.password.decode()}" == expected
        return AuthResult(success=right, handled=False, auth_data=data)

    return check


def session_options(args):
    options = {"hostname": "smtpd.example", "data_size_limit": 40_000_000, "enable_SMTPUTF8": False}
    if args.login:
        options |= {
            "authenticator": authenticator(args.login),
            "auth_required": True,
            "auth_require_tls": args.security == "starttls",
        }
    if args.security == "starttls":
        options |= {"tls_context": tls_context(args), "require_starttls": True}
    return options


def tls_context(args):
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(args.certificate, args.key)
    return context


async def serve(args):
    handler = Handler(args.folder, args.slow)
    options = session_options(args)
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(handler, **options),
        "127.0.0.1",
        args.port,
        ssl=tls_context(args) if args.security == "tls" else None,
    )
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("folder", type=pathlib.Path, help="where the letters go")
    parser.add_argument("--port", type=int, default=0, help="0: a free one; its number is the first line of the output")
    parser.add_argument("--security", choices=("none", "starttls", "tls"), default="none")
    parser.add_argument("--certificate", help="PEM, with --security")
    parser.add_argument("--key", help="PEM, with --security")
    parser.add_argument("--login", help="USER:PASSWORD that everybody must sign in with")
    parser.add_argument("--slow", type=float, default=10, help="seconds for x+slow@")
    args = parser.parse_args()
    global DKIM_RECORD
    DKIM_RECORD = args.folder / "dkim.txt"
    asyncio.run(serve(args))


if __name__ == "__main__":
    main()
