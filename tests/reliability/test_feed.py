"""Six writers at once and readers who follow the feed meanwhile: nothing skipped, nothing twice."""

import http.client
import json
import threading

from tests.reliability.installation import PATIENCE
from tests.reliability.load import Load, lost

WRITERS = 6


class Reader(threading.Thread):
    """Asks for the feed again and again from where it was, in pages of its own size."""

    def __init__(self, installation, limit):
        super().__init__(daemon=True)
        self.installation, self.limit = installation, limit
        self.positions, self.ids = [], []
        self.over = threading.Event()

    def run(self):
        line = http.client.HTTPConnection("127.0.0.1", self.installation.port, timeout=PATIENCE)
        after = 0
        while True:
            last = self.over.is_set()
            line.request("GET", f"/api/v1/feed?after={after}&limit={self.limit}",
                         headers=self.installation.headers)  # fmt: skip
            page = json.loads(line.getresponse().read())
            self.positions += [entry["position"] for entry in page["entries"]]
            self.ids += [entry["id"].replace("-", "") for entry in page["entries"]]
            after = page["after"]
            if last and not page["more"]:
                return


def test_readers_miss_nothing_that_six_writers_commit(either):
    _, installation = either
    installation.start(workers=2)
    load = Load(installation, writers=WRITERS)
    readers = [Reader(installation, limit) for limit in (7, 500)]
    for reader in readers:
        reader.start()
    load.begin()
    load.until(400)
    load.end()
    for reader in readers:
        reader.over.set()
        reader.join()

    assert lost(load) == []
    for reader in readers:
        assert set(load.acknowledged) <= set(reader.ids), "skipped"
        assert reader.positions == sorted(set(reader.positions)), "twice, or out of order"
