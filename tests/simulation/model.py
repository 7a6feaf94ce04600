"""A server in forty lines of state, and a network that does its worst: a function of one seed.

The tablets are the real state machine (``engines.sync.tablet``) and the terms are the real ones;
the server is a model that says what the journal promises: positions are given out at the commit,
an id is applied once, nothing is answered before it is durable, each line has its receipt. A
*mutant* breaks one promise; the simulation must notice, or it proves nothing.
"""

import json
import random
from collections import Counter
from dataclasses import dataclass, field
from datetime import date, timedelta
from hashlib import sha256
from typing import NamedTuple

from tuyen.engines.sync import tablet as machine
from tuyen.engines.sync.tablet import Document, Request, Saved, Tablet
from tuyen.engines.sync.terms import after_order, change, terms
from tuyen.kernel.clock import HybridClock
from tuyen.kernel.ids import uuid7

VILLAGES = [f"v{n}" for n in range(8)]
PAGE = 4
KEPT = 3  # days
YEAR = 365 * 24 * 3600 * 1000
MUTANTS = (
    "forget the idempotency check",
    "serial-id cursor",
    "acknowledge before commit",
    "skip a receipt",
    "forget the scope",
    "restore without a new epoch",
    "acknowledge a group by its first",
    "prune before the backup",
)


class Broken(AssertionError):
    """An invariant does not hold. The message names the seed that shows it again."""


class Row(NamedTuple):
    """One operation in the journal: ``amount`` is added to a document, which may move."""

    position: int
    id: str
    document: str
    unit: str
    amount: int


@dataclass
class Work:
    """A push between its arrival and its answer."""

    device: int
    request: Request
    sent: tuple[Saved, ...]
    positions: list[int] = field(default_factory=list)
    receipts: tuple[machine.Told, ...] = ()
    committed: bool = False
    answered: bool = False


@dataclass
class Server:
    """What is durable (journal, tables, states) and what a crash takes away (work)."""

    mutant: str = ""
    epoch: int = 1
    serial: int = 0
    protocol: int = 4
    day: int = 0
    journal: list[Row] = field(default_factory=list)
    ids: dict[str, int] = field(default_factory=dict)
    table: dict[str, tuple[str, int]] = field(default_factory=dict)
    reach: list[frozenset[str]] = field(default_factory=list)
    states: list[str] = field(default_factory=list)
    obeyed: set[int] = field(default_factory=set)
    counters: Counter[int] = field(default_factory=Counter)
    work: list[Work] = field(default_factory=list)
    late: list[Work] = field(default_factory=list)  # answered already, by a mutant

    def arrive(self, device: int, request: Request, sent: tuple[Saved, ...]) -> object | None:
        """Take a request. A push becomes work; anything else is answered at once."""
        spoken = terms(self.states[device], device in self.obeyed, request.protocol, self.protocol)
        if request.counter <= self.counters[device]:
            above = self.counters[device]
            return machine.Refused(
                request.counter, request.verb, machine.BEHIND, spoken.order, above
            )
        self.counters[device] = request.counter
        if not spoken.push:
            return machine.Refused(request.counter, request.verb, machine.GONE, "wipe")
        if request.verb == "obeyed":
            self.obeyed.add(device)
            return machine.Obeyed(request.counter)
        if request.verb == "pull":
            return self.pull(device, request, spoken)
        work = Work(device, request, sent)
        if self.mutant == "serial-id cursor":  # numbers are given out before the commit
            work.positions = list(range(self.serial + 1, self.serial + 1 + len(sent)))
            self.serial += len(sent)
        self.work.append(work)
        return self.answer(work) if self.mutant == "acknowledge before commit" else None

    def commit(self, *group: Work) -> None:
        """Apply pushes that met at the lock, all of them or none, and make them durable."""
        if self.mutant == "acknowledge a group by its first":
            group, late = (*self.late, *group[:1]), group[1:]
            self.late = list(late)
            for work in late:
                work.receipts = tuple(
                    machine.Told(n, saved.id, saved.digest, "accepted")
                    for n, saved in enumerate(work.sent)
                )
                work.committed = True
        for work in group:
            work.receipts = tuple(
                self.apply(place, saved, work) for place, saved in enumerate(work.sent)
            )
            work.committed = True
        self.journal.sort()

    def apply(self, place: int, saved: Saved, work: Work) -> machine.Told:
        try:
            said = json.loads(saved.line)
            id, document, unit = said["id"], said["document"], said["unit"]
        except (ValueError, KeyError):
            return machine.Told(place, "", saved.digest, "unreadable", "api.unreadable")
        if id in self.ids and self.mutant != "forget the idempotency check":
            return machine.Told(place, id, saved.digest, "already-had")
        if unit not in self.reach[work.device]:
            return machine.Told(place, id, saved.digest, "refused", "access.not-allowed")
        position = work.positions[place] if work.positions else len(self.journal) + 1
        self.journal.append(Row(position, id, document, unit, said["amount"]))
        self.ids[id] = position
        self.table[document] = (unit, self.table.get(document, ("", 0))[1] + said["amount"])
        return machine.Told(place, id, saved.digest, "accepted")

    def answer(self, work: Work) -> machine.Pushed:
        spoken = terms(
            self.states[work.device], work.device in self.obeyed, work.request.protocol,
            self.protocol,
        )  # fmt: skip
        receipts = work.receipts
        if self.mutant == "acknowledge before commit":
            receipts = tuple(
                machine.Told(n, saved.id, saved.digest, "accepted")
                for n, saved in enumerate(work.sent)
            )
        if self.mutant == "skip a receipt":
            receipts = receipts[:-1]
        work.answered = True
        return machine.Pushed(
            work.request.counter, str(self.epoch), work.sent, receipts, spoken.order, spoken.notice,
            *self.keep(),
        )  # fmt: skip

    def keep(self) -> tuple[str, int]:
        """The server's day, and how long a tablet keeps what was confirmed."""
        days = 1 if self.mutant == "prune before the backup" else KEPT
        return (date(2026, 1, 1) + timedelta(self.day)).isoformat(), days

    def pull(self, device: int, request: Request, spoken: object) -> object:
        if spoken.order or not spoken.pull:
            code = "api.device-locked" if spoken.order else machine.TOO_OLD
            return machine.Refused(request.counter, "pull", code, spoken.order)
        now = {"document": self.reach[device]}
        end = self.journal[-1].position if self.journal else 0
        place = json.loads(request.cursor) if request.cursor else [self.epoch, end, [], [], ""]
        epoch, position, held, filling, after = place
        if epoch != self.epoch:
            return machine.Refused(request.counter, "pull", machine.RESTORED)
        gained, dropped = change({"document": frozenset(held)}, now)
        filling = set(filling) & now["document"]
        if gained:
            filling, after = filling | gained["document"], ""
        documents, gone, more = [], [], False
        if filling:
            names = sorted(
                d for d, (unit, _) in self.table.items() if unit in filling and d > after
            )
            documents, more = names[:PAGE], True
            after = documents[-1] if len(names) > PAGE else ""
            filling = filling if len(names) > PAGE else set()
        else:
            rows = [row for row in self.journal if row.position > position]
            touched = list(dict.fromkeys(row.document for row in rows))
            here = self.reach[device]
            if self.mutant == "forget the scope":
                here = frozenset(VILLAGES)
            documents = [d for d in touched if self.table[d][0] in here]
            was = {row.document for row in self.journal if row.unit in here}
            gone = [("document", d) for d in touched if d not in documents and d in was]
            position = max([position, *(row.position for row in rows)])
        place = [self.epoch, position, sorted(now["document"]), sorted(filling), after]
        return machine.Pulled(
            request.counter, str(self.epoch), json.dumps(place),
            tuple(Document("document", d, (self.table[d][0],), self.table[d][1]) for d in documents),
            tuple(gone), gained, dropped, bool(filling), more, "", spoken.notice, *self.keep(),
        )  # fmt: skip

    def crash(self) -> None:
        """Killed: what was not committed is gone, and so is every answer not yet given."""
        self.work.clear()
        self.late.clear()

    def durable(self) -> tuple:
        return list(self.journal), dict(self.ids), dict(self.table), self.day

    def restore(self, copy: tuple) -> None:
        self.journal, self.ids, self.table = list(copy[0]), dict(copy[1]), dict(copy[2])
        self.crash()
        if self.mutant != "restore without a new epoch":
            self.epoch += 1


@dataclass
class Holder:
    """A tablet, its clock (wrong by years), and what its user has signed so far."""

    state: Tablet
    clock: HybridClock
    skew: int
    signed: list[str] = field(default_factory=list)
    sent: dict[int, tuple[Saved, ...]] = field(default_factory=dict)


class Simulation:
    """One run. Everything that happens follows from ``seed``."""

    def __init__(self, seed: int, mutant: str = "", devices: int = 4, events: int = 400) -> None:
        self.seed, self.events, self.done = seed, events, 0
        self.chance = random.Random(seed)
        self.server = Server(mutant)
        self.line: list[tuple[str, int, object]] = []  # ("up" | "down", device, message)
        self.now = 1_800_000_000_000
        self.faults: Counter[str] = Counter()
        self.backup = self.server.durable()
        self.restores = self.chance.random() < 0.4  # a run restores, or ends tablets, never both
        self.holders: list[Holder] = []
        for n in range(devices):
            protocol = self.chance.choice([1, 2, 3, 4, 4])
            skew = self.chance.choice([0, 0, -10 * YEAR, 10 * YEAR])
            self.holders.append(Holder(Tablet(f"d{n}", protocol), HybridClock(f"d{n}"), skew))
            self.server.states.append("active")
            self.server.reach.append(frozenset(self.chance.sample(VILLAGES, 3)))

    def run(self) -> Counter[str]:
        """Let the worst happen, then peace; check that every promise was kept."""
        acts = [
            (self.sign, 8), (self.tick, 12), (self.deliver, 30), (self.lose, 3), (self.double, 3),
            (self.cut, 2), (self.commit, 14), (self.answer, 14), (self.crash, 1),
            (self.kill_app, 2), (self.skew_clock, 1), (self.upgrade, 1), (self.reorganise, 1),
            (self.order, 1), (self.copy, 1), (self.restore, 1), (self.poison, 1),
            (self.new_day, 1),
        ]  # fmt: skip
        names, weights = [act for act, _ in acts], [weight for _, weight in acts]
        for done in range(self.events):
            self.done = done
            self.chance.choices(names, weights)[0]()
        self.peace()
        self.judge()
        return self.faults

    # --- what may happen ---

    def sign(self) -> None:
        holder = self.chance.choice(self.holders)
        n = self.holders.index(holder)
        villages = sorted(self.server.reach[n]) or VILLAGES
        self.now += self.chance.randrange(1, 10_000)
        ms = holder.clock.tick(self.now + holder.skew).ms
        id = str(uuid7(ms, self.chance.randbytes))
        said = {"id": id, "document": f"x{self.chance.randrange(30)}",
                "unit": self.chance.choice(villages), "amount": self.chance.randrange(1, 9)}  # fmt: skip
        self.record(holder, id, json.dumps(said).encode())

    def poison(self) -> None:
        holder = self.chance.choice(self.holders)
        id = str(uuid7(self.now, self.chance.randbytes))
        self.record(holder, id, self.chance.choice([b"{", b"[[[[", b"\xff", b"{}"]))
        self.faults["poison"] += 1

    def record(self, holder: Holder, id: str, line: bytes) -> None:
        before = holder.state
        holder.state, _ = machine.step(
            before, machine.Recorded(Saved(id, line, sha256(line).hexdigest()))
        )
        if holder.state is not before:
            holder.signed.append(id)

    def tick(self) -> None:
        n = self.chance.randrange(len(self.holders))
        self.speak(n, machine.Tick())

    def speak(self, n: int, event: object) -> None:
        holder = self.holders[n]
        holder.state, requests = machine.step(holder.state, event)
        for request in requests:  # the state above is kept before this is sent
            holder.sent[request.counter] = machine.batch_of(holder.state)[: len(request.lines)]
            self.line.append(("up", n, request))

    def deliver(self) -> None:
        """Any message that is on the line, not the oldest: order is not promised."""
        if self.line:
            self.take(self.line.pop(self.chance.randrange(len(self.line))))

    def take(self, message: tuple[str, int, object]) -> None:
        way, n, content = message
        holder = self.holders[n]
        if way == "down":
            if content.counter in holder.sent or isinstance(content, machine.Refused):
                self.speak(n, content)
            return
        answer = self.server.arrive(n, content, holder.sent.get(content.counter, ()))
        if isinstance(answer, machine.Pulled):
            self.check_scope(n, answer)
        if answer is not None:
            self.line.append(("down", n, answer))

    def lose(self) -> None:
        if self.line:
            self.line.pop(self.chance.randrange(len(self.line)))
            self.faults["lost"] += 1

    def cut(self) -> None:
        """A message cut short does not match its signature: it is as if lost, and is not obeyed."""
        if self.line:
            self.line.pop(self.chance.randrange(len(self.line)))
            self.faults["cut"] += 1

    def double(self) -> None:
        if self.line:
            self.line.append(self.chance.choice(self.line))
            self.faults["doubled"] += 1

    def commit(self) -> None:
        waiting = [work for work in self.server.work if not work.committed]
        if waiting:
            number = self.chance.choice([1, 1, 2, len(waiting)])
            self.server.commit(*self.chance.sample(waiting, min(number, len(waiting))))

    def answer(self) -> None:
        done = [work for work in self.server.work if work.committed]
        if done:
            work = self.chance.choice(done)
            self.server.work.remove(work)
            if not work.answered:
                self.line.append(("down", work.device, self.server.answer(work)))

    def crash(self) -> None:
        self.server.crash()
        self.faults["server killed"] += 1

    def kill_app(self) -> None:
        """A tablet is killed: what is on its way to it finds nobody."""
        n = self.chance.randrange(len(self.holders))
        self.line = [m for m in self.line if m[:2] != ("down", n)]
        self.faults["app killed"] += 1

    def skew_clock(self) -> None:
        self.chance.choice(self.holders).skew = self.chance.randrange(-10 * YEAR, 10 * YEAR)
        self.faults["clock set"] += 1

    def upgrade(self) -> None:
        """Either the server moves to a newer protocol, or a tablet does."""
        if self.chance.random() < 0.4:
            self.server.protocol = min(self.server.protocol + 1, 6)
        else:
            n = self.chance.randrange(len(self.holders))
            self.speak(n, machine.Upgraded(self.server.protocol))
        self.faults["upgraded"] += 1

    def reorganise(self) -> None:
        """Two stations become one, or villages go from one to another."""
        one, other = self.chance.sample(range(len(self.holders)), 2)
        reach = self.server.reach
        if self.chance.random() < 0.5:
            reach[one], reach[other] = reach[one] | reach[other], frozenset()
        else:
            given = self.chance.choice(sorted(reach[one]) or VILLAGES)
            reach[one], reach[other] = reach[one] - {given}, reach[other] | {given}
        self.faults["reorganised"] += 1

    def order(self) -> None:
        if self.restores:
            return
        n = self.chance.randrange(len(self.holders))
        word = self.chance.choice(["lock", "unlock", "lock", "unlock", "wipe"])
        state = after_order(self.server.states[n], word)
        if state is not None:
            self.server.states[n] = state
            self.faults[word] += 1

    def copy(self) -> None:
        self.backup = self.server.durable()

    def new_day(self) -> None:
        self.server.day += 1
        self.faults["new day"] += 1

    def restore(self) -> None:
        """From a backup that is not older than what the tablets are told to keep."""
        if self.restores and self.server.day - self.backup[3] <= KEPT:
            self.server.restore(self.backup)
            self.faults["restored"] += 1

    # --- peace, and the judge ---

    def peace(self) -> None:
        """No more faults: everybody is unlocked, upgraded, and talks until all is said."""
        for n, state in enumerate(self.server.states):
            if state == "locked":
                self.server.states[n] = "active"
            self.speak(n, machine.Upgraded(self.server.protocol))
        for _ in range(400):
            quiet = True
            for n, holder in enumerate(self.holders):
                before = holder.state
                self.speak(n, machine.Tick())
                while self.line or self.server.work:
                    if self.line:
                        self.take(self.line.pop(0))
                    self.commit()
                    self.answer()
                state = holder.state
                settled = state.dead or (state.settled and not state.outbox)
                same = (before.documents, before.outbox) == (state.documents, state.outbox)
                quiet = quiet and settled and same
            if quiet:
                return
        self.broken("a tablet never has said and heard everything")

    def judge(self) -> None:
        server = self.server
        twice = [id for id, n in Counter(row.id for row in server.journal).items() if n > 1]
        if twice:
            self.broken(f"{twice[0]} was applied twice")
        rebuilt: dict[str, tuple[str, int]] = {}
        for row in server.journal:
            rebuilt[row.document] = (row.unit, rebuilt.get(row.document, ("", 0))[1] + row.amount)
        if rebuilt != server.table:
            self.broken("replaying the journal does not give the tables")
        for n, holder in enumerate(self.holders):
            state = holder.state
            for saved in state.confirmed:
                if saved.id not in server.ids:
                    self.broken(f"{state.id} was told that {saved.id} is kept, and it is lost")
            accounted = {saved.id for saved in state.confirmed} | state.aside.keys()
            lost = [id for id in holder.signed if id not in accounted and id not in server.ids]
            if lost and not (state.dead and self.said_before_the_end(state)):
                self.broken(f"{state.id} signed {lost[0]}, and nobody has it")
            if not state.dead:
                self.compare(n, state)

    def said_before_the_end(self, state: Tablet) -> bool:
        """A wiped tablet forgets what was set aside; that was never confirmed to anybody."""
        return not state.confirmed

    def compare(self, n: int, state: Tablet) -> None:
        reach = self.server.reach[n]
        expected = {d: value for d, (unit, value) in self.server.table.items() if unit in reach}
        found = {id: document.body for (_, id), document in state.documents.items()}
        if found != expected:
            self.broken(f"{state.id} holds {sorted(found.items())}, not {sorted(expected.items())}")

    def check_scope(self, n: int, answer: machine.Pulled) -> None:
        outside = [d for d in answer.documents if not set(d.units) <= self.server.reach[n]]
        if outside:
            self.broken(f"d{n} was given {outside[0].id} of {outside[0].units}, outside its units")

    def broken(self, what: str) -> None:
        mutant = f", mutant={self.server.mutant!r}" if self.server.mutant else ""
        raise Broken(
            f"after event {self.done}: {what}. Again: Simulation({self.seed}{mutant}).run()"
        )


def simulate(seed: int, mutant: str = "") -> Counter[str]:
    """One run of a seed; the faults that it met."""
    return Simulation(seed, mutant).run()
