"""Put text that would run into everything that somebody can type: run as a program on a demo's folder.

python -m tests.journeys.planting HOME      prints the addresses of what it planted, as JSON
"""

import json
import sys
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID

MARK = "zqx"
_RUN = "window.zqxran=1;alert(1)"
PAYLOADS = [
    f"<script>{_RUN}</script>{MARK}",
    f"<img src=x onerror={_RUN}>{MARK}",
    f"<svg onload={_RUN}>{MARK}",
    f'"><script>{_RUN}</script>{MARK}',
    f"'><img src=x onerror={_RUN}>{MARK}",
    f'" autofocus onfocus={_RUN} x="{MARK}',
    f"</script><script>{_RUN}</script>{MARK}",
    f"</textarea><img src=x onerror={_RUN}>{MARK}",
    f"</title><svg/onload={_RUN}>{MARK}",
    f"--><details open ontoggle={_RUN}>{MARK}",
    f"<a href=javascript:{_RUN}>{MARK}</a>",
    f"javascript:{_RUN}//{MARK}",
    f"<iframe srcdoc='<script>parent.zqxran=1</script>'>{MARK}",
    f"{{{{constructor.constructor('{_RUN}')()}}}}{MARK}",
    f"{{% debug %}}{{{{ settings.SECRET_KEY }}}}{MARK}",
    f"${{{_RUN}}}{MARK}",
    f'=HYPERLINK("javascript:{_RUN}";"{MARK}")',
    f"<div hx-get=/x hx-trigger=load hx-on:load={_RUN}>{MARK}",
    f"<text onclick={_RUN}></text></svg><svg onload={_RUN}>{MARK}",
    f"<style>@import'//zqx.example'</style>{MARK}",
    f"<meta http-equiv=refresh content='0;url=javascript:{_RUN}'>{MARK}",
    f"\u202e<script>{_RUN}</script>\u202c{MARK}",
    f"\u200b<scr\u200bipt>{_RUN}</scr\u200bipt>\u2066{MARK}",
    f"&lt;script&gt;{_RUN}&lt;/script&gt;{MARK}",
    f"\\u003cscript\\u003e{_RUN}\\u003c/script\\u003e{MARK}",
]


class Planter:
    """Sends operations for the head of the demo's station, and remembers where they show."""

    def __init__(self) -> None:
        from tuyen.apps.access import clock, queries
        from tuyen.apps.access.actors import Actor

        self.now, self.today = clock.now(), clock.today()
        head = queries.actor_by_login("tramtruong", on=self.today, channel="cli")
        assert head is not None
        assert head.user is not None
        self.opener = head.proving(True)
        self.head: UUID = head.user
        self.by = Actor.program(self.today, channel="cli")
        self.station = head.posts[0].unit
        self.paths: list[str] = []
        self.refused: list[str] = []

    def send(
        self, payload: Any, unit: UUID, *paths: str, id: UUID | None = None, **more: Any
    ) -> UUID:
        from tuyen.apps.journal.services import commit
        from tuyen.kernel.ids import uuid7
        from tuyen.kernel.operation import Operation

        made = Operation.of(payload, id=id or uuid7(), unit=unit, happened_on=self.today,
                            recorded_at=self.now, **more)  # fmt: skip
        by = self.opener if made.kind == "access.break_glass" else self.by
        (receipt,) = commit(by=by, operations=[made], at=self.now, react=False)
        if receipt.refusal is not None:
            self.refused.append(f"{made.kind}: {receipt.refusal.code}")
        else:
            self.paths += [path.format(id=made.id) for path in paths]
        self.paths.append(f"/operations/{made.id}/")
        return made.id

    def plant(self, n: int, text: str) -> None:
        """One text into every field that takes it; a field that is shorter takes its beginning."""
        from tuyen.apps.access.operations import (
            BreakGlass,
            EnrolDevice,
            LoseDevice,
            OpenAccount,
            OrderDevice,
            ResetSecondFactor,
            ReviewEmergency,
        )
        from tuyen.apps.access.services import save_view
        from tuyen.apps.indicators.operations import PublishFigure
        from tuyen.apps.journal.operations import WithdrawRefused
        from tuyen.apps.registry import queries as registry
        from tuyen.apps.registry.operations import (
            CloseUnit,
            CreateUnit,
            Member,
            MovePerson,
            RegisterHousehold,
            Tie,
        )
        from tuyen.apps.surveillance.operations import ReportCase, VoidCase
        from tuyen.kernel.ids import NODE, uuid7

        station = self.station
        commune = registry.atlas().commune_of(station, self.today)
        assert commune is not None
        since = self.today - timedelta(days=400)
        lies = (Tie(kind="lies_in", object=commune),)
        village = self.send(
            CreateUnit(type="village", name=text, full_name=text, since=since, relations=lies), id := uuid7(),
            "/units/{id}/", id=id,
        )  # fmt: skip
        hospital = self.send(
            CreateUnit(type="hospital", name=text, full_name=text, since=since, relations=lies), id := uuid7(),
            "/units/{id}/", id=id,
        )  # fmt: skip
        self.send(CloseUnit(unit=hospital, on=self.today, basis=text), hospital)
        member = Member(id=uuid7(), name=f"Lò {text} Ba"[:190], sex=1, born_on=since, role="head")
        self.paths.append(f"/people/{member.id}/")
        self.send(RegisterHousehold(place=village, members=(member,), address=text, since=since),
                  station, "/households/{id}/")  # fmt: skip
        report = ReportCase(
            disease="measles", sex="female", age=7, commune=commune, classification="suspected",
            onset_on=self.today - timedelta(days=n % 9), name=f"Lò {text} Ba", note=text,
            workplace=text, reporter=text, cluster=text[:60], external_id=f"{n}{text}"[:60],
        )  # fmt: skip
        case = self.send(report, station, "/cases/{id}/", "/cases/{id}/amend/")
        if n % 3 == 0:
            self.send(VoidCase(case=case, reason=text), station, corrects=case)
        user = self.send(OpenAccount(login=f"zqx{n}", name=text), NODE)
        self.paths.append(f"/accounts/{user}/")
        self.send(ResetSecondFactor(user=user, reason=text), NODE)
        device = self.send(EnrolDevice(user=self.head, key=f"{n:064x}", label=text[:80]), station,
                           "/tablets/{id}/lock/")  # fmt: skip
        self.send(LoseDevice(device=device, reason=text), station)
        self.send(OrderDevice(device=device, order="revoke", reason=text), station)
        opening = BreakGlass(person=member.id, place=village, reason=f"cấp cứu {text}")
        glass = self.send(opening, station, "/emergencies/{id}/")
        self.send(ReviewEmergency(emergency=glass, verdict="justified", note=text), village)
        province = registry.atlas().provinces(self.today)[0]
        figure = PublishFigure(indicator="insurance-coverage", period=f"{2010 + n % 15}", value=Decimal("91.5"),
                               measure_unit="percent", document=text)  # fmt: skip
        self.send(figure, province, "/figures/{id}/")
        bad = self.send(MovePerson(person=uuid7(), place=village), station)
        self.send(WithdrawRefused(refused=bad, reason=text), station, corrects=bad)
        save_view(user=self.head, screen="cases", name=text[:80], query="disease=measles")


def main(home: str) -> None:
    from tuyen.cli.start import office

    office(home)
    planter = Planter()
    for n, text in enumerate(PAYLOADS):
        planter.plant(n, text)
    print(json.dumps({"paths": planter.paths, "refused": planter.refused}))


if __name__ == "__main__":
    main(*sys.argv[1:])
