"""The proof: `python -m tests.proof [--seed N] [--seconds S] [--faults N] [--folder F]`, or `make proof`."""

import argparse
import os
import secrets
import signal
import sys
import tempfile
from pathlib import Path

import structlog

sys.path.append(str(Path(__file__).resolve().parents[2] / "deploy" / "test-servers"))  # a folder of scripts

from tests.proof.course import Scale, run
from tests.proof.faults import Fault, Kind, plan
from tests.proof.report import report
from tests.proof.world import TARGETS, running_world


def main() -> int:
    """Run it, print the figures and the findings; the status tells whether there are any."""
    options = _options()
    _forget_settings()
    signal.signal(signal.SIGTERM, lambda number, _: sys.exit(128 + number))  # whatever was started is ended too
    faults = options.fault or plan(options.seed, options.faults, options.seconds, options.longest, TARGETS)
    say(f"seed {options.seed}: {len(faults)} faults in {options.seconds:.0f} s")
    for fault in faults:
        say(f"  {fault}")
    folder = options.folder or Path(tempfile.mkdtemp(prefix="dwr-proof-"))
    folder.mkdir(parents=True, exist_ok=True)
    say(f"logs of the processes: {folder}")
    with (folder / "proof.log").open("w") as log, running_world(folder) as world:
        structlog.configure(logger_factory=structlog.PrintLoggerFactory(log))  # of the mirrors' followers
        ran = run(world, Scale(options.seed, options.seconds, options.writers), faults)
    say(f"\n{report(ran)}\n")
    return _judge(ran.evidence.findings(), options.seed)


def _forget_settings() -> None:
    """Those of the developer's own installation are none of the proof's."""
    for name in [name for name in os.environ if name.startswith("DWR_") and not name.startswith("DWR_TEST_")]:
        del os.environ[name]


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.proof", description=__doc__)
    parser.add_argument("--seed", type=int, default=secrets.randbelow(1_000_000), help="plan of an earlier run")
    parser.add_argument("--seconds", type=float, default=540.0, help="how long is written")
    parser.add_argument("--faults", type=int, default=120)
    parser.add_argument("--longest", type=float, default=60.0, help="seconds that one fault may last")
    parser.add_argument("--fault", type=_fault, action="append", help='this one instead: "10 stall relay-1>kafka 40"')
    parser.add_argument("--writers", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="for the logs; a new temporary one unless given")
    return parser.parse_args()


def _fault(text: str) -> Fault:
    at, kind, target, seconds = text.split()
    if target not in {*TARGETS.processes, *TARGETS.links}:
        raise argparse.ArgumentTypeError(f"{target} is not one of {', '.join([*TARGETS.processes, *TARGETS.links])}")
    return Fault(float(at), Kind(kind), target, float(seconds))


def _judge(findings: list[str], seed: int) -> int:
    if not findings:
        say("Nothing is missing, doubled or out of order.")
        return 0
    for finding in findings[:_MOST_SHOWN]:
        say(f"FOUND: {finding}")
    say(f"{len(findings)} findings; the same plan again: --seed {seed}")
    return 1


_MOST_SHOWN = 200


def say(text: str) -> None:
    """To whoever waits at the terminal."""
    print(text, flush=True)  # noqa: T201 - a program for the terminal


if __name__ == "__main__":
    sys.exit(main())
