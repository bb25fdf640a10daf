#!/usr/bin/env bash
# A mirror of the registry with curl and Python's standard library alone: loads a snapshot once, then applies what came
# since, and compares digests. Run it as often as you like; killed at any moment it goes on from the last page applied.
#
#   mirror.sh http://127.0.0.1:8000 FOLDER
#
# FOLDER/organisations/ has a document an organisation, FOLDER/position the position, as 1-57.
# Exit status: 0 the mirror is complete, 1 it differs from the registry, 2 it could not be brought up to date.
set -euo pipefail

registry=${1:?the address of the registry} folder=${2:?a folder for the mirror}
mkdir -p "$folder"

get() { # PATH FILE: the answer's body into the file, a refusal's too
    curl --silent --show-error --fail-with-body --compressed --max-time 300 --output "$2" "$registry$1"
}

load_snapshot() {
    get /events/v1/snapshots/current "$folder/snapshot.ndjson" || return 2
    rm -rf "$folder/new"
    position=$(python3 - "$folder/snapshot.ndjson" "$folder/new" <<'PYTHON'
import json, pathlib, sys

lines = pathlib.Path(sys.argv[1]).read_text(encoding="utf-8").split("\n")[:-1]
first, *records, last = map(json.loads, lines)
if last != {"end": True, "count": len(records)}:
    sys.exit("the snapshot broke off: run this again")
new = pathlib.Path(sys.argv[2])
new.mkdir()
for record in records:
    (new / record["subject"]["id"]).with_suffix(".json").write_text(json.dumps(record["document"]))
print(f"{first['generation']}-{first['position']}")
PYTHON
    ) || return 2
    rm -f "$folder/position" # until it is written again there is no mirror
    rm -rf "$folder/organisations"
    mv "$folder/new" "$folder/organisations"
    stand "$position"
}

apply_page() { # Applying a page twice changes nothing, so the position is written last.
    position=$(python3 - "$folder/page.json" "$folder/organisations" <<'PYTHON'
import json, pathlib, sys

page = json.loads(pathlib.Path(sys.argv[1]).read_text(encoding="utf-8"))
for event in page["events"]:
    data = event["data"]
    file = (pathlib.Path(sys.argv[2]) / data["subject"]["id"]).with_suffix(".json")
    if data["visibility"] in ("entered", "stayed"):
        file.write_text(json.dumps(data["document"]))
    elif data["visibility"] == "left":
        file.unlink(missing_ok=True)
print(f"{page['generation']}-{page['position']}")
PYTHON
    ) || return 2
    stand "$position"
}

stand() { # POSITION
    echo "$1" >"$folder/position.new"
    mv "$folder/position.new" "$folder/position"
}

catch_up() {
    while :; do
        if get "/events/v1/feed?limit=500&after=$(cat "$folder/position")" "$folder/page.json"; then
            apply_page || return 2
            grep -q '"more":true' "$folder/page.json" || return 0
        elif grep -q '"/problems/position-' "$folder/page.json"; then
            load_snapshot || return 2 # the registry was restored, or this was away for too long
        else
            return 2
        fi
    done
}

digest() { # The sum of the hashes of ["organisation", id, document], keys sorted, without blanks, modulo 2^256
    python3 - "$folder/organisations" <<'PYTHON'
import hashlib, json, pathlib, sys

total = 0
for file in pathlib.Path(sys.argv[1]).glob("*.json"):
    whole = ["organisation", file.stem, json.loads(file.read_text())]
    text = json.dumps(whole, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    total += int.from_bytes(hashlib.blake2b(text.encode(), digest_size=32).digest(), "big")
print(f"{total % 2**256:064x}")
PYTHON
}

rm -f "$folder/page.json"
[ -e "$folder/position" ] || load_snapshot || exit 2
catch_up || exit 2
position=$(cat "$folder/position")
get "/events/v1/digest?at=$position" "$folder/digest.json" || exit 2
found=$(digest) || exit 2
if grep -q "\"digest\":\"$found\"" "$folder/digest.json"; then
    echo "complete at $position, digest $found"
else
    echo "differs at $position: the mirror's digest is $found, the registry says $(cat "$folder/digest.json")" >&2
    exit 1
fi
