"""Processes that work for another one."""

from pathlib import Path


def working_for(parent: int, module: bytes) -> list[int]:
    """The processes that this one has started to run the module, by their numbers."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        try:
            asked, status = (process / "cmdline").read_bytes(), (process / "stat").read_text()
        except OSError:
            continue
        if module in asked and int(status.rpartition(")")[2].split()[1]) == parent:
            found.append(int(process.name))
    return found
