"""A partner's program: keeps a mirror until it is killed, or until its file cannot grow any more.

Arguments: the file, the registry's address, the entries at once, the bytes that a file may have.
"""

import resource
import sys

from services.events.client import Mirror, MirrorUnusable, Registry


def main(file: str, address: str, batch: str, most_bytes: str) -> str | None:
    """Keep the mirror; the message of what ended it."""
    if int(most_bytes):
        _, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (int(most_bytes), hard))
    try:
        with Mirror(file, Registry(address, wait_seconds=1, batch=int(batch))) as mirror:
            mirror.run()
    except MirrorUnusable as error:
        return str(error)
    return None


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
