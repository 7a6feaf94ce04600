"""The figures of a run of the benchmarks as Markdown tables, with goals met and missed."""

from collections.abc import Iterable
from typing import Any

BEGIN, END = "<!-- figures: written by ./run bench -->", "<!-- end of figures -->"
STORES = {"sqlite": "SQLite", "postgresql": "PostgreSQL"}

OPERATIONS_PER_SECOND = 5000
SCREEN_MS = 150
VERIFY_SECONDS = 10
DEMO_SECONDS = 60
DRAIN_SECONDS = 300
"""For 300,000 operations; for others in proportion."""
PUSH_MS = 2000
FILL_MB, FILL_SECONDS = 5, 10
CHANGE_SECONDS, FEED_BYTES = 60, 200_000

Figures = dict[str, Any]
Row = list[str]


def filled(page: str, kept: list[Figures]) -> str:
    """The page with its figures replaced by those of the newest of ``kept``, and the history."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    text = written(kept[-1]) + _history(kept)
    return f"{before}{BEGIN}\n\n{text}\n{END}{after}"


def written(result: Figures) -> str:
    """All tables of one run."""
    parts, machine = result["parts"], result["machine"]
    head = (
        f"Version {result['version']} at commit `{result['commit']}`, {result['date']}: "
        f"{machine['processor']}, {machine['cores']} cores, {machine['memory_gb']} GB, Python"
        f" {machine['python']}; load before the run {machine['load_before']}.\n\n"
    )
    sections = [
        _goals(parts), _commits(parts.get("commits", {})), _proof(parts.get("proof", {})),
        _screens(parts), _search(parts.get("search", {})), _scan(parts.get("scan", {})),
        _sync(parts.get("sync", {})), _reorganise(parts.get("reorganise", {})),
        _duplicates(parts.get("duplicates", {})),
        _demo(parts.get("demo", {})), _engines(parts.get("engines", {})),
    ]  # fmt: skip
    return head + "\n".join(section for section in sections if section)


def goals(parts: Figures) -> list[tuple[str, str, str, bool | None]]:
    """(goal, wanted, found, met); None where it was not measured."""
    rows: list[tuple[str, str, str, bool | None]] = []
    for store, sizes in parts.get("commits", {}).items():
        for sort, words in (("quiet", "acknowledged"), ("reacting", "with the scan that follows")):
            found = next(iter(sizes.values()))[f"batch_{sort}"]["per_second"]
            what = f"Case reports per second in batches of 500, {words}, {STORES[store]}"
            rows.append((what, f"≥ {OPERATIONS_PER_SECOND:,}", f"{found:,.0f}",
                         found >= OPERATIONS_PER_SECOND))  # fmt: skip
    for store, sizes in parts.get("screens", {}).items():
        largest = max(sizes, key=int)
        screens = _present(sizes[largest]["screens"])
        slow = {name: s["p95_ms"] for name, s in screens.items() if s["p95_ms"] > SCREEN_MS}
        worst = max(screens, key=lambda name: screens[name]["p95_ms"])
        found_text = f"{len(screens) - len(slow)} of {len(screens)}; slowest: {worst} {screens[worst]['p95_ms']:.0f} ms"
        rows.append((f"Screens with p95 ≤ {SCREEN_MS} ms at {int(largest):,} people, {STORES[store]}",
                     "all", found_text, not slow))  # fmt: skip
        growing = _growing(sizes)
        if growing is not None:
            rows.append((f"Screens whose number of queries does not grow with people, {STORES[store]}",
                         "all", "all" if not growing else "not: " + ", ".join(growing),
                         not growing))  # fmt: skip
    for store, sizes in parts.get("proof", {}).items():
        found = next(iter(sizes.values()))["verify"]["seconds_per_million"]
        rows.append((f"A million entries verified, {STORES[store]}", f"≤ {VERIFY_SECONDS} s",
                     f"{found} s", found <= VERIFY_SECONDS))  # fmt: skip
    rows += _goals_of_tablets(parts.get("sync", {})) + _goals_of_change(parts.get("reorganise", {}))
    if "60000" in parts.get("demo", {}):
        found = parts["demo"]["60000"]["seconds"]
        rows.append(("The default demo built", f"≤ {DEMO_SECONDS} s", f"{found} s",
                     found <= DEMO_SECONDS))  # fmt: skip
    return rows


Goal = tuple[str, str, str, bool | None]


def _goals_of_tablets(stores: Figures) -> list[Goal]:
    rows: list[Goal] = []
    for store, sizes in stores.items():
        for one in sizes.values():
            push, first, feed, name = one["push"], one["first"], one["feed"], STORES[store]
            many = f"{push['operations']:,} operations of {push['devices']:,} tablets"
            wanted = DRAIN_SECONDS * push["operations"] / 300_000
            rows += [
                (f"{many} pushed, {name}", f"≤ {wanted:,.0f} s", f"{push['drained_s']:,.0f} s",
                 push["drained_s"] <= wanted),
                (f"A push of those, p95, {name}", f"≤ {PUSH_MS:,} ms",
                 f"{push['push']['p95_ms']:,.0f} ms", push["push"]["p95_ms"] <= PUSH_MS),
                (f"Errors, lost and doubled among those, {name}", "0",
                 str(push["errors"] + push["lost"] + push["twice"]),
                 push["errors"] + push["lost"] + push["twice"] == 0 and push["verified"]),
                (f"First filling of {first['people']:,} people, {name}",
                 f"≤ {FILL_MB} MB and {FILL_SECONDS} s of the server",
                 f"{first['bytes'] / 1e6:.2f} MB, {first['server_cpu_s']} s",
                 first["bytes"] <= FILL_MB * 1e6 and first["server_cpu_s"] <= FILL_SECONDS),
                (f"Sent twice after a cut, {name}", "≤ one page a cut",
                 f"{first['answers_sent_twice']} pages after {first['cuts']} cuts",
                 first["answers_sent_twice"] <= first["cuts"]),
                (f"Skipped by a reader while six write, {name}", "0", str(feed["skipped"] + feed["twice"]),
                 feed["skipped"] + feed["twice"] == 0 and feed["in_order"]),
            ]  # fmt: skip
    return rows


def _goals_of_change(stores: Figures) -> list[Goal]:
    rows: list[Goal] = []
    for store, sizes in stores.items():
        size = max(sizes, key=int)
        one, name = sizes[size], STORES[store]
        kept = max(sort["feed"]["most"] for sort in one["tablets"].values())
        for verb in ("apply", "undo"):
            word = {"apply": "applied", "undo": "undone"}[verb]
            rows.append((f"129 communes become 45 with {int(size):,} people, {word}, {name}",
                         f"≤ {CHANGE_SECONDS} s", f"{one[f'{verb}_s']} s",
                         one[f"{verb}_s"] <= CHANGE_SECONDS))  # fmt: skip
        rows.append((f"Feed of that to a tablet, at most, {name}", f"≤ {FEED_BYTES // 1000} kB",
                     f"{kept / 1000:.1f} kB", kept <= FEED_BYTES))  # fmt: skip
        rows.append((f"Every table the same after undoing it, {name}", "yes",
                     "yes" if one["equal_after_undo"] else "no", one["equal_after_undo"]))  # fmt: skip
    return rows


def _growing(sizes: Figures) -> list[str] | None:
    """Screens that take more queries at the largest size than at the smallest.

    Both the least and the most of a screen's subjects must be more: a person who has a case costs a
    query more than one who has none, at any size, and twelve persons are not alike in both.
    """
    if len(sizes) < 2:
        return None
    small, large = (sizes[key]["screens"] for key in (min(sizes, key=int), max(sizes, key=int)))
    growing = []
    for name, screen in _present(large).items():
        before = small[name].get("queries", [0, 0])
        if all(now > then for now, then in zip(screen["queries"], before, strict=True)):
            growing.append(name)
    return growing


def _present(screens: Figures) -> Figures:
    return {name: screen for name, screen in screens.items() if "absent" not in screen}


def _goals(parts: Figures) -> str:
    rows = [[what, wanted, found, "met" if met else "**missed**"]
            for what, wanted, found, met in goals(parts)]  # fmt: skip
    return _section("Goals", ["goal", "wanted", "found", ""], rows)


def _commits(stores: Figures) -> str:
    names = {
        "batch_quiet": "batch of 500, acknowledged",
        "batch_reacting": "batch of 500, and the scan that follows",
        "batch_raw": "limit: batch of 500 bare rows, durable",
        "single_quiet": "one by one, acknowledged",
        "single_reacting": "one by one, and the scan that follows",
        "single_raw": "limit: one bare row at a time, durable",
    }
    rows, notes = [], ""
    for store, sizes in stores.items():
        for figures in sizes.values():
            for key, words in names.items():
                one = figures[key]
                rows.append([STORES[store], words, f"{one['per_second']:,.0f}", f"{one['worst']:,.0f}",
                             f"{one['per_cpu_second']:,.0f}", f"{one.get('of_raw', 1):.3f}"])  # fmt: skip
            for key in ("batch_quiet", "batch_reacting"):
                notes += _where(f"{names[key]}, {STORES[store]}", figures[key])
    head = ["store", "case reports", "median per s", "worst", "per s of work", "of the limit"]
    return _section("Commits", head, rows) + notes


def _proof(stores: Figures) -> str:
    rows = []
    for store, sizes in stores.items():
        for figures in sizes.values():
            bare, ours = figures["verify_raw"], figures["verify"]
            name = STORES[store]
            rows.append(
                [
                    name,
                    "verify",
                    f"{ours['seconds_per_million']} s",
                    f"{ours['work_per_million']} s",
                    f"{ours['of_raw']:.2f}",
                ]
            )
            rows.append([name, "limit: read every row, hash every body",
                         f"{bare['seconds_per_million']} s", f"{bare['work_per_million']} s", "1"])  # fmt: skip
            if again := figures.get("replay"):
                same = "every table the same" if again["same"] else f"differs: {again['differ']}"
                words = f"replay of {again['operations']:,} operations and comparison ({same})"
                rows.append([name, words, f"{again['seconds_per_million']} s", "", ""])
    return _section("The journal, per million entries", ["store", "what", "time", "of work", "of the limit"], rows)  # fmt: skip


def _screens(parts: Figures) -> str:
    inside, served = parts.get("screens", {}), parts.get("served", {})
    rows, notes = [], ""
    for store, sizes in inside.items():
        for size, figures in sizes.items():
            over = served.get(store, {}).get(size, {}).get("screens", {})
            for name, one in figures["screens"].items():
                place = [STORES[store], f"{int(size):,}", name]
                if "absent" in one:
                    rows.append([*place, one["absent"], *[""] * 7])
                    continue
                low, high = one["queries"]
                queries = str(low) if low == high else f"{low} to {high}"
                wire = over.get(name, {})
                rows.append([
                    *place, _ms(one["p50_ms"]), _ms(one["p95_ms"]), _ms(one["cpu_p50_ms"]),
                    _ms(one["after_a_report"]["p50_ms"]), _ms(one["first_ms"]), queries,
                    _ms(wire.get("p50_ms")), _ms(wire.get("p95_ms")),
                ])  # fmt: skip
                if one["p95_ms"] > SCREEN_MS:
                    notes += _where(f"{name}, {int(size):,} people, {STORES[store]}", one)
    head = [
        "store", "people", "screen", "p50", "p95", "work p50", "after a report", "first of all",
        "queries", "served p50", "served p95",
    ]  # fmt: skip
    return _section("Screens, in milliseconds", head, rows) + notes + _crowds(served)


def _crowds(served: Figures) -> str:
    rows = [
        [STORES[store], f"{int(size):,}", _ms(one["p50_ms"]), _ms(one["p95_ms"]), str(one["per_second"])]
        for store, sizes in served.items()
        for size, figures in sizes.items()
        if (one := figures.get("four_browsers_at_the_board"))
    ]  # fmt: skip
    head = ["store", "people", "p50 ms", "p95 ms", "boards per s"]
    return _section("Four browsers at the board at once, two workers", head, rows)


def _search(stores: Figures) -> str:
    rows = []
    for store, sizes in stores.items():
        for size, figures in sizes.items():
            for typed, one in figures["searches"].items():
                times = one["like"]["p50_ms"] / max(one["index"]["p50_ms"], 0.01)
                rows.append([
                    STORES[store], f"{int(size):,}", typed, _ms(one["query"]["p50_ms"]),
                    _ms(one["query"]["p95_ms"]), _ms(one["index"]["p50_ms"]),
                    _ms(one["like"]["p50_ms"]), _ms(one["like"]["p95_ms"]), f"{times:.1f}",
                ])  # fmt: skip
    head = ["store", "people", "typed", "p50", "p95", "index alone", "LIKE p50", "LIKE p95", "index faster, times"]  # fmt: skip
    return _section("Finding a person, in milliseconds", head, rows)


def _scan(stores: Figures) -> str:
    rows = [
        [STORES[store], f"{int(size):,}", _ms(one["p50_ms"]), _ms(one["cpu_p50_ms"]), _ms(one["first_ms"])]
        for store, sizes in stores.items()
        for size, figures in sizes.items()
        if (one := figures["scan"])
    ]  # fmt: skip
    head = ["store", "people", "p50 ms", "work ms", "first ms"]
    return _section("The night's scan of every disease and commune", head, rows)


def _sync(stores: Figures) -> str:
    pushes, fills, feeds = [], [], []
    for store, sizes in stores.items():
        for one in sizes.values():
            push, first, feed, name = one["push"], one["first"], one["feed"], STORES[store]
            pushes.append([
                name, f"{push['devices']:,}", f"{push['operations']:,}", str(push["at_once"]),
                f"{push['drained_s']:,.0f}", f"{push['per_second']:,.0f}", _ms(push["push"]["p50_ms"]),
                _ms(push["push"]["p95_ms"]), f"{push['server_cpu_s']:,.0f}",
                f"{push['generator_cpu_s']:,.0f}", str(push["errors"]),
            ])  # fmt: skip
            fills.append([
                name, f"{first['people']:,}", f"{first['documents']:,}", str(first["pages"]),
                f"{first['bytes'] / 1e6:.2f}", str(first["seconds"]), str(first["server_cpu_s"]),
                str(first["cuts"]), str(first["answers_sent_twice"]),
            ])  # fmt: skip
            feeds.append([
                name, f"{feed['operations']:,}", f"{feed['written_per_second']:,}",
                f"{feed['read_per_cpu_second'] or 0:,}", str(feed["skipped"]), str(feed["twice"]),
            ])  # fmt: skip
    return (
        _section("Tablets push, each on a connection of its own",
                 ["store", "tablets", "operations", "at once", "seconds", "per s", "p50 ms", "p95 ms",
                  "server, s of work", "generator, s of work", "errors"], pushes)
        + _section("The first filling of a tablet",
                   ["store", "people", "documents", "pages", "MB sent", "seconds",
                    "server, s of work", "cuts", "pages sent twice"], fills)
        + _section("Six write, one follows the feed",
                   ["store", "operations", "written per s", "read per s of work", "skipped", "twice"],
                   feeds)
    )  # fmt: skip


def _reorganise(stores: Figures) -> str:
    rows = []
    for store, sizes in stores.items():
        for size, one in sizes.items():
            for sort, sent in one["tablets"].items():
                rows.append([
                    STORES[store], f"{int(size):,}", str(one["preview_s"]), str(one["apply_s"]),
                    str(one["undo_s"]), f"{sort} ({sent['tablets']})", _kb(sent["feed"]["most"]),
                    _kb(sent["slice"]["median"]), _kb(sent["slice"]["most"]),
                ])  # fmt: skip
    head = ["store", "people", "preview s", "apply s", "undo s", "tablets of a station that",
            "feed kB, most", "people gained kB, median", "most"]  # fmt: skip
    return _section(
        "A reorganisation: 129 communes become 45, 129 stations 45 and 84 points", head, rows
    )


def _duplicates(stores: Figures) -> str:
    rows = []
    for store, sizes in stores.items():
        for size, one in sizes.items():
            whole, places = one["whole"], one["communes"]
            rows.append([
                STORES[store], f"{int(size):,}", f"{whole['records']:,}", str(whole["seconds"]),
                f"{whole['planted_found']} of {whole['planted']}", f"{whole['pairs']:,}",
                f"{places['total_s']}", _ms(places["most_ms"]), _ms(one["one"]["p95_ms"]),
            ])  # fmt: skip
    head = ["store", "people", "records", "all at once, s", "planted found", "pairs",
            "commune by commune, s", "slowest commune, ms", "one person, p95 ms"]  # fmt: skip
    return _section("Searching for two records of one person", head, rows)


def _kb(size: int) -> str:
    return f"{size / 1000:.1f}"


def _demo(sizes: Figures) -> str:
    text = _section(
        "Making a demo", ["people", "seconds", "of work", "peak memory"],
        [[f"{int(size):,}", str(one["seconds"]), str(one["work_seconds"]), f"{one['peak_mb']} MB"] for size, one in sizes.items()],
    )  # fmt: skip
    for size, one in sizes.items():
        stages = ", ".join(f"{name} {seconds} s" for name, seconds in one["stages"].items())
        rows = [
            [name, f"{kind['entries']:,}", f"{kind['batches']:,}", str(kind["seconds"]), str(kind["ms_per_entry"])]
            for name, kind in list(one["kinds"].items())[:12]
        ]  # fmt: skip
        title = f"What it spends its time on, {int(size):,} people"
        head = ["operation", "entries", "batches", "seconds", "ms per entry"]
        text += f"\nStages at {int(size):,}: {stages}.\n" + _section(title, head, rows)
    return text


def _engines(engines: Figures) -> str:
    rows = []
    for name, one in engines.items():
        more = {key: value for key, value in one.items() if key not in ("median_ms", "rounds")}
        rows.append([f"`{name}`", f"{one['median_ms']:,.3f}", "; ".join(f"{k}: {v:,}" if isinstance(v, int | float)
                     else f"{k}: {v}" for k, v in more.items())])  # fmt: skip
    return _section("Engines", ["benchmark", "median ms", ""], rows)


def _where(title: str, figures: Figures) -> str:
    """Where the time of something goes, as one folded line of shares."""
    shares = figures.get("profile") or []
    if not shares:
        return ""
    parts = ", ".join(f"`{name}` {share:.0%}" for name, share in shares[:8])
    return f"\nWhere the time goes ({title}; each with what it calls): {parts}.\n"


def _history(kept: list[Figures]) -> str:
    """The goals by release, oldest first."""
    if len(kept) < 2:
        return ""
    names: dict[str, None] = {}
    for result in kept:
        names |= {what: None for what, *_ in goals(result["parts"])}
    columns = [{what: found for what, _, found, _ in goals(result["parts"])} for result in kept]
    head = ["goal", *(result["version"] for result in kept)]
    return _section("By release", head, [[n, *(c.get(n, "") for c in columns)] for n in names])


def _ms(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:.1f}" if value < 10 else f"{value:,.0f}"


def _section(title: str, head: Row, rows: Iterable[Row]) -> str:
    rows = list(rows)
    if not rows:
        return ""
    lines = [head, ["---"] * len(head), *rows]
    table = "\n".join("| " + " | ".join(line) + " |" for line in lines)
    return f"\n### {title}\n\n{table}\n"
