"""A DNS server for tests, on the loopback: it answers from a file of lines `NAME TYPE TEXT`, read anew for each question.

Its port is the first line of the output. Names that the file doesn't hold don't exist.
"""

import asyncio
import pathlib
import sys

import dns.flags
import dns.message
import dns.rcode
import dns.rdatatype
import dns.rrset


class Server(asyncio.DatagramProtocol):
    def __init__(self, records):
        self.records = records

    def connection_made(self, transport):
        self.transport = transport

    def datagram_received(self, data, peer):
        self.transport.sendto(answer(data, self.records).to_wire(), peer)


def answer(data, records):
    query = dns.message.from_wire(data)
    reply = dns.message.make_response(query)
    question = query.question[0]
    asked = (question.name.to_text(omit_final_dot=True).lower(), dns.rdatatype.to_text(question.rdtype))
    known = False
    for line in records.read_text(encoding="utf-8").splitlines():
        name, kind, text = line.split(" ", 2)
        known = known or name.lower() == asked[0]
        if (name.lower(), kind) == asked:
            reply.answer.append(dns.rrset.from_text(question.name, 60, "IN", kind, text))
    if not known:
        reply.set_rcode(dns.rcode.NXDOMAIN)
    return reply


async def serve(records):
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: Server(records), local_addr=("127.0.0.1", 0))
    print(transport.get_extra_info("sockname")[1], flush=True)
    await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(serve(pathlib.Path(sys.argv[1])))
