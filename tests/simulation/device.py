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
        return Got(
            response.status_code,
            {name.lower(): value for name, value in response.headers.items()},
            body,
        )

    return send


def enrolled(by, now, send=None, **rest) -> Device:
    """A device of the actor ``by``."""
    code = devices.issue_code(by=by, now=now)
    return tablet.enrol(send or in_process(), code=code, label="máy thử", **rest)


def talk(device: Device, send=None) -> int:
    """Talk until nothing is left to send or to ask; returns how many requests that took."""
    requests = tablet.talk(device, send or in_process(), most=300)
    assert requests < 300, f"still talking: {device.state}"
    return requests
