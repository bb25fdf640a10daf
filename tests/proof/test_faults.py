"""The plan of faults: the same for a seed, everything has its turn, and no target has two at once."""

from collections import Counter, defaultdict
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from tests.proof.faults import ON_LINKS, ON_PROCESSES, Fault, Targets, plan

TARGETS = Targets(("registry", "kafka"), ("writers>registry", "relay>kafka"))
SEEDS = st.integers(0, 2**32)


def test_a_seed_makes_the_same_plan_again() -> None:
    assert plan(7, 50, 100.0, 20.0, TARGETS) == plan(7, 50, 100.0, 20.0, TARGETS)
    assert plan(7, 50, 100.0, 20.0, TARGETS) != plan(8, 50, 100.0, 20.0, TARGETS)


@given(SEEDS)
def test_every_kind_is_done_to_every_target_in_turn(seed: int) -> None:
    made = Counter((fault.kind, fault.target) for fault in plan(seed, 24, 1200.0, 20.0, TARGETS))
    expected = {(kind, target) for kind in ON_PROCESSES for target in TARGETS.processes}
    assert set(made) == expected | {(kind, target) for kind in ON_LINKS for target in TARGETS.links}
    assert max(made.values()) <= 3


@given(SEEDS, st.integers(1, 40))
def test_no_target_has_two_faults_at_once(seed: int, count: int) -> None:
    by_target: defaultdict[str, list[Fault]] = defaultdict(list)
    for fault in plan(seed, count, count * 10.0, 20.0, TARGETS):
        by_target[fault.target].append(fault)
    for faults in by_target.values():
        for one, following in pairwise(faults):
            assert one.at + one.seconds < following.at


@given(SEEDS, st.floats(1.0, 60.0))
def test_none_begins_after_the_time_or_lasts_longer_than_allowed(seed: int, longest: float) -> None:
    faults = plan(seed, 20, 200.0, longest, Targets([f"process {number}" for number in range(20)], ()))
    assert len(faults) == 20
    assert all(0 <= fault.at <= 200.0 and 0 <= fault.seconds <= longest + 0.05 for fault in faults)
