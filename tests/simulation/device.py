"""The reference device in process: the same code as over HTTP, with Django's client as the line."""

import gzip

from django.test import Client

from tuyen.apps.access import devices
from tuyen.cli import tablet
from tuyen.cli.tablet import Device, Got, Sent


def in_process(client: Client | None = None) -> tablet.Transport:
    """A transport to the server in this process."""
    client = client or Client()

    def send(sent: Sent) -> Got:
        kind = sent.headers["Content-Type"]
        headers = {name: value for name, value in sent.headers.items() if name != "Content-Type"}
        response = client.post(sent.path, sent.body, content_type=kind, headers=headers)
        packed = response.headers.get("Content-Encoding") == "gzip"
        body = gzip.decompress(response.content) if packed else response.content
        return Got(response.status_code, dict(response.headers.items()), body)

    return send


def enrolled(by, now, send=None, **rest) -> Device:
    """A device of the actor ``by``."""
    code = devices.issue_code(by=by, now=now)
    return tablet.enrol(send or in_process(), code=code, label="máy thử", **rest)


def talk(device: Device, send=None, times: int = 200) -> int:
    """Talk until nothing is left to send or to ask; returns how many requests that took."""
    from tuyen.engines.sync.tablet import Tick

    send = send or in_process()
    for n in range(times):
        requests = device.step(Tick())
        if not requests:
            return n
        for sent in requests:
            device.hear(send(sent))
        if device.state.settled and not device.state.outbox and device.state.asked == "pull":
            return n + 1
    raise AssertionError(f"still talking after {times} requests: {device.state}")
