"""That all subjects give the same answers before anybody measures how fast: an error, too, would be fast."""

import http.client
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.subjects import Subject
from benchmarks.peers.variables import Asked

_DEPENDS_ON_ARITHMETIC = frozenset({"distanceKm"})
_SAYS_THE_LANGUAGE = frozenset({"language"})
"""We say the language of a text beside it; a JSON object of texts says it as a name."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What an answer says, without its form."""

    ids: tuple[str, ...]
    total: int | None
    values: tuple[str, ...]


def check(subjects: Sequence[Subject], asked: Mapping[str, Sequence[Asked]]) -> None:
    """Ask everything of everybody. Ends the program where answers differ, save for texts: there it tells the recall."""
    for question in QUESTIONS:
        sets = asked[question.name]
        answers = {subject.name: list(_answers(subject, question, sets)) for subject in subjects}
        if question.is_ranked_freely:
            _tell_recall(answers, sets)
        else:
            _compare(question, answers, sets)


def _answers(subject: Subject, question: Question, sets: Sequence[Asked]) -> Iterator[Answer]:
    connection = http.client.HTTPConnection("127.0.0.1", subject.server.port, timeout=120)
    headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
    for one in sets:
        path, content = subject.ask(question, one.variables)
        connection.request("POST", path, orjson.dumps(content), headers)
        body = connection.getresponse().read()
        document = orjson.loads(body)
        if "errors" in document:
            raise SystemExit(f"{subject.title}, {question.name}, {one.variables}: {body[:1000].decode()}")
        yield read_answer(document.get("data", document))
    connection.close()


def _compare(question: Question, answers: dict[str, list[Answer]], sets: Sequence[Asked]) -> None:
    first, *others = answers
    for other in others:
        for one, ours, theirs in zip(sets, answers[first], answers[other], strict=True):
            if ours != theirs:
                told = f"{first}: {_only(ours, theirs)}\n{other}: {_only(theirs, ours)}"
                raise SystemExit(f"{question.name} {one.variables} is answered differently.\n{told}")
    values = sum(len(answer.values) for answer in answers[first])
    print(f"{question.title}: {len(sets)} answers of {values / len(sets):,.0f} values agree", flush=True)


def _only(answer: Answer, other: Answer) -> str:
    values = sorted(set(answer.values) - set(other.values))
    return f"total {answer.total}, ids {answer.ids[:3]} … {answer.ids[-3:]}, values only here {values[:20]}"


def _tell_recall(answers: dict[str, list[Answer]], sets: Sequence[Asked]) -> None:
    for name, found in answers.items():
        hits = sum(one.meant in answer.ids for one, answer in zip(sets, found, strict=True))
        print(f"text: {name} has the organisation meant among ten in {hits / len(sets):.3f} of {len(sets)}", flush=True)


def read_answer(data: dict[str, Any]) -> Answer:
    """What the data of an answer says."""
    ((_, root),) = data.items()
    if "nodes" not in root and "edges" not in root:
        return Answer((root["id"],) if "id" in root else (), None, tuple(sorted(_values(root))))
    nodes = [_node(entry) for entry in root.get("nodes") or root.get("edges") or ()]
    ids = tuple(node["id"] for node in nodes if "id" in node)
    return Answer(ids, root.get("totalCount"), tuple(sorted(_values(root))))


def _node(entry: dict[str, Any]) -> dict[str, Any]:
    node: dict[str, Any] = entry.get("node") or entry.get("organisation") or entry
    return node


def _values(part: Any) -> Iterator[str]:
    """Every value that is not null, as a text: names and nesting differ from one schema to the other."""
    if isinstance(part, dict):
        if part.keys() == {"value", "count"}:
            yield f"{part['value']}={part['count']}"
            return
        for name, value in part.items():
            if name not in _DEPENDS_ON_ARITHMETIC | _SAYS_THE_LANGUAGE:
                yield from _values(value)
    elif isinstance(part, list):
        for value in part:
            yield from _values(value)
    elif isinstance(part, int | float) and not isinstance(part, bool):
        yield f"{part:.6f}"
    elif part is not None:
        yield str(part)
