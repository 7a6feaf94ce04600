"""What the faults cost, written down: one line of JSON for each, when a file is named for it.

TUYEN_FAULTS=faults.jsonl ./run test tests/reliability
python -m tests.reliability.figures faults.jsonl      # the table of docs/reliability.md
"""

import json
import os
import statistics
import sys
from pathlib import Path

HEADINGS = (
    "Fault",
    "Store",
    "Faults",
    "Acknowledged",
    "Lost",
    "Doubled",
    "Back after (median, worst)",
)


def write_down(
    fault: str, store: str, *, faults: int, acknowledged: int, lost: int, doubled: int = 0,
    recovery: list[float] | None = None,
) -> None:  # fmt: skip
    """Keep the figures of one test. ``recovery`` is in seconds, one for each fault."""
    path = os.environ.get("TUYEN_FAULTS")
    if not path:
        return
    line = {"fault": fault, "store": store, "faults": faults, "acknowledged": acknowledged,
            "lost": lost, "doubled": doubled, "recovery": recovery or []}  # fmt: skip
    with Path(path).open("a", encoding="utf-8") as file:
        file.write(json.dumps(line) + "\n")


def table(path: Path) -> str:
    """The lines of a file summed by fault and store, as Markdown."""
    sums: dict[tuple[str, str], dict] = {}
    for text in path.read_text(encoding="utf-8").splitlines():
        line = json.loads(text)
        into = sums.setdefault((line["fault"], line["store"]), {"recovery": []})
        for name in ("faults", "acknowledged", "lost", "doubled"):
            into[name] = into.get(name, 0) + line[name]
        into["recovery"] += line["recovery"]
    rows = [f"| {' | '.join(HEADINGS)} |", "|---|---|" + "--:|" * (len(HEADINGS) - 2)]
    for (fault, store), line in sums.items():
        times = line["recovery"]
        back = f"{statistics.median(times):.1f} s, {max(times):.1f} s" if times else ""
        rows.append(f"| {fault} | {store} | {line['faults']} | {line['acknowledged']:,} |"
                    f" {line['lost']:,} | {line['doubled']:,} | {back} |")  # fmt: skip
    return "\n".join(rows)


if __name__ == "__main__":
    print(table(Path(sys.argv[1])))
