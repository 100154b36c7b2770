"""`python -m tests.faults --minutes 5`, or `--faults 60`: 0 where everything held, 1 where not."""

import argparse
import asyncio
import random
import sys

from tests.faults.run import Terms, best_broker, run
from throughcare.machine import CannotStart
from throughcare.supervisor import Stopped


def main() -> int:
    said = options()
    try:
        report = asyncio.run(run(terms(said), tell))
    except Stopped as stopped:
        return stopped.exit_code
    except CannotStart as why:
        tell(str(why))
        return 1
    sys.stdout.write(report.as_json() + "\n" if said.json else report.as_text())
    return 0 if report.good else 1


def options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    until = parser.add_mutually_exclusive_group(required=True)
    until.add_argument("--minutes", type=float, help="strike for so long")
    until.add_argument("--faults", type=int, help="strike so often")
    parser.add_argument("--seed", type=int, help="repeats a run as far as processes repeat")
    parser.add_argument("--broker", choices=("jars", "embedded"), help="THROUGHCARE_BROKER, else")
    parser.add_argument("--json", action="store_true")
    return parser.parse_args()


def terms(said: argparse.Namespace) -> Terms:
    return Terms(
        seed=random.randrange(1_000_000) if said.seed is None else said.seed,
        broker=said.broker or best_broker(),
        minutes=said.minutes, faults=said.faults,
    )  # fmt: skip


def tell(what: str) -> None:
    sys.stderr.write(what + "\n")


if __name__ == "__main__":
    sys.exit(main())
