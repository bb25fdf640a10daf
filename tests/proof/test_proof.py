"""The proof, short: what `make proof` does for ten minutes, for half a minute."""

import os
from pathlib import Path

import pytest

from tests.proof.course import Scale, run
from tests.proof.faults import plan
from tests.proof.report import report
from tests.proof.world import TARGETS, running_world
from tests.support.own_broker import own_broker

pytestmark = [pytest.mark.postgresql, pytest.mark.kafka]
SECONDS = 15.0
SEED = 363
"""Always the same plan, so that no change is blamed for what another plan finds; it kills GraphQL, PostgreSQL and Kafka
and has each kind of fault. `make proof` draws one."""


def test_nothing_is_missing_doubled_or_out_of_order_whatever_fails(tmp_path: Path) -> None:
    seed = int(os.environ.get("DWR_TEST_PROOF_SEED", SEED))
    with own_broker(running_world(tmp_path)) as world:
        ran = run(world, Scale(seed, SECONDS, writers=6), plan(seed, 10, SECONDS, 5.0, TARGETS))
    findings = ran.evidence.findings()
    assert findings == [], f"the same plan again: DWR_TEST_PROOF_SEED={seed}\n{report(ran)}"
