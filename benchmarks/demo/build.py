"""How long a demo takes to build, in how much memory, and what each kind of operation costs.

``python -m benchmarks.demo.build --people 60000 --home DIR`` builds it as ``tuyen demo`` does, in
this process, and leaves it in DIR for the benchmarks that need one. The clocks around services and
stages take a few microseconds a batch.
"""

import collections
import time
from collections.abc import Callable
from typing import Any

from benchmarks import measuring
from benchmarks.measuring import Figures


def main() -> None:
    given = measuring.arguments(("people", 60_000), ("home", "var/bench/demo"), ("profile", ""))
    clocks = _Clocks()
    clocks.put_on()
    from tuyen.cli.main import main as tuyen

    people, home = str(given.people), given.home
    command = ["demo", "--people", people, "--home", home, "--no-serve", "--fresh"]
    began = time.perf_counter()
    code = _profiled(given.profile, tuyen, command) if given.profile else tuyen(command)
    seconds = time.perf_counter() - began
    if code:
        raise SystemExit(f"the demo was not built: exit code {code}")
    measuring.tell(clocks.read(seconds) | {"people": given.people})


class _Clocks:
    """Seconds by stage, and seconds and entries by kind of operation."""

    def __init__(self) -> None:
        self.stages: collections.Counter[str] = collections.Counter()
        self.kinds: dict[str, list[float]] = {}

    def put_on(self) -> None:
        """Wrap the parts of the builder; kinds are wrapped when the rooms are there."""
        from tuyen.cli import demo

        fill = demo._fill

        def filled(wanted: dict[str, Any]) -> dict[str, Any]:
            from tuyen.cli.demo import load

            self._wrap(load.synthetic, "build", "the synthetic province")
            self._wrap(load, "commit", "commits")
            self._wrap(load, "scan_all", "the nights' scans")
            self._wrap_kinds()
            return fill(wanted)

        demo._fill = filled

    def _wrap(self, module: Any, name: str, stage: str) -> None:
        inner: Callable[..., Any] = getattr(module, name)

        def clocked(*args: Any, **kwargs: Any) -> Any:
            began = time.perf_counter()
            try:
                return inner(*args, **kwargs)
            finally:
                self.stages[stage] += time.perf_counter() - began

        setattr(module, name, clocked)

    def _wrap_kinds(self) -> None:
        from tuyen.kernel.operation import KINDS

        for kind in KINDS:
            if kind.apply is not None:
                kind.apply = self._counted(kind.name, kind.apply)

    def _counted(self, name: str, apply: Callable[[Any], None]) -> Callable[[Any], None]:
        def clocked(batch: Any) -> None:
            began = time.perf_counter()
            apply(batch)
            taken = self.kinds.setdefault(name, [0.0, 0, 0])
            taken[0] += time.perf_counter() - began
            taken[1] += len(batch.entries)
            taken[2] += 1

        return clocked

    def read(self, seconds: float) -> Figures:
        services = sum(taken[0] for taken in self.kinds.values())
        stages = {name: round(taken, 1) for name, taken in self.stages.most_common()}
        stages["everything else"] = round(seconds - sum(self.stages.values()), 1)
        stages["of the commits, outside the rooms' services"] = round(
            self.stages["commits"] - services, 1
        )
        kinds = {
            name: {
                "entries": int(entries),
                "batches": int(batches),
                "seconds": round(taken, 2),
                "ms_per_entry": round(taken * 1e3 / entries, 3),
            }
            for name, (taken, entries, batches) in sorted(
                self.kinds.items(), key=lambda item: -item[1][0]
            )
        }
        return {
            "seconds": round(seconds, 1), "work_seconds": round(time.process_time(), 1), "peak_mb": measuring.peak_mb(), "stages": stages,
            "kinds": kinds,
        }  # fmt: skip


def _profiled(path: str, tuyen: Callable[[list[str]], int], command: list[str]) -> int:
    import cProfile

    with cProfile.Profile() as profile:
        code = tuyen(command)
    profile.dump_stats(path)
    return code


if __name__ == "__main__":
    main()
