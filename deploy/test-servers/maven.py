"""Java programs from their published artifacts, fetched by Maven into the cache folder."""

import re
import shutil
import tempfile
from pathlib import Path

from machine import CACHE, Unavailable, call, install, say

POM = Path(__file__).with_name("pom.xml")
LEAST_JAVA = 17


def version(program: str) -> str:
    """The version of `program` that pom.xml asks for."""
    return POM.read_text().partition(f"<{program}.version>")[2].partition("<")[0]


def java() -> str:
    """The Java program, installed when it is missing; `Unavailable` when it is too old for Kafka 4."""
    if not shutil.which("java"):
        install("default-jre-headless")
    settings = call(["sh", "-c", "java -XshowSettings:properties -version 2>&1"])
    found = re.search(r"java\.specification\.version = (\d+)", settings)
    if not found or int(found[1]) < LEAST_JAVA:
        raise Unavailable(f"Java {LEAST_JAVA} or newer is needed, `java` is {found[1] if found else 'unknown'}")
    return "java"


def fetched(name: str, goal: str, *arguments: str) -> Path:
    """The cache folder `name`, filled by a goal of pom.xml's dependency plugin unless an earlier run has done so."""
    folder = CACHE / name
    if folder.exists():
        return folder
    if not shutil.which("mvn"):
        install("maven")
    say(f"fetching {name} with Maven (once)")
    CACHE.mkdir(exist_ok=True)
    # Filled under another name first: an interrupted download never looks like a finished one.
    with tempfile.TemporaryDirectory(dir=CACHE) as part:
        call(["mvn", "-q", "-B", "-f", POM, f"dependency:{goal}", f"-DoutputDirectory={part}/{name}", *arguments])
        try:
            Path(part, name).rename(folder)
        except OSError:
            if not folder.exists():  # else another run was faster
                raise
    return folder
