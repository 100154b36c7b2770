"""The faults follow from the seed, and no point is forgotten."""

from itertools import islice
from random import Random

from tests.faults.handovers import HAND_OVERS
from tests.faults.plan import one_round, plan
from tests.faults.points import POINTS, PROCESSES
from tests.faults.watch import HEARS


def test_a_seed_gives_the_same_faults_again_and_another_seed_others() -> None:
    one, again, other = (list(islice(plan(seed), 100)) for seed in (4, 4, 5))
    assert one == again
    assert one != other


def test_every_round_strikes_each_point_and_each_process() -> None:
    first = list(islice(plan(4), len(one_round(Random(4)))))
    assert {point.name for point in POINTS} <= {fault.point for fault in first}
    assert set(PROCESSES) <= {fault.victim for fault in first if fault.kind == "kill"}
    assert {"database", "backend", "broker", "broker wiped", "migration", "switch"} <= {
        fault.kind for fault in first
    }


def test_every_point_has_a_process_that_passes_it() -> None:
    assert all(point.victims for point in POINTS)


def test_whatever_a_service_hears_has_a_receipt_that_is_asked_for() -> None:
    """policies.py and the table of hand-overs are two tellings of one thing."""
    heard = {(service, kind.split(".")[2]) for service, kinds in HEARS.items() for kind in kinds}
    assert heard == {(hand_over.by, hand_over.says) for hand_over in HAND_OVERS}
