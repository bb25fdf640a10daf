"""The results of comparisons as metrics, in a file that Prometheus' node exporter collects."""

import time
from collections.abc import Sequence
from pathlib import Path

from prometheus_client import CollectorRegistry, Gauge, write_to_textfile

from services.events.verifying.report import Report

_LABELS = ("compared", "view")


def write_metrics(file: Path, reports: Sequence[Report]) -> None:
    """Write the results of one run, in one step. The file's name has to end with `.prom` for the collector."""
    registry = CollectorRegistry()
    equal = Gauge("dwr_verify_equal", "1 where it is what the log holds, else 0.", _LABELS, registry=registry)
    differing = Gauge("dwr_verify_differing", "Subjects that differ from the log.", _LABELS, registry=registry)
    position = Gauge("dwr_verify_position", "Position at which it was compared.", _LABELS, registry=registry)
    for report in reports:
        labels = (report.name, report.view.value)
        equal.labels(*labels).set(report.equal)
        differing.labels(*labels).set(report.count)
        position.labels(*labels).set(report.position.number)
    finished = Gauge("dwr_verify_timestamp_seconds", "When the comparison ended.", registry=registry)
    finished.set(time.time())
    write_to_textfile(str(file), registry)
