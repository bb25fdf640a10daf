"""That all subjects give the same answers before anybody measures how fast: an error, too, would be fast."""

import http.client
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, closing
from dataclasses import dataclass
from typing import Any

import orjson

from benchmarks.peers.questions import QUESTIONS, Question
from benchmarks.peers.subjects import Subject
from benchmarks.peers.variables import Asked

_LONGEST_SECONDS = 60
"""For each question: with a million organisations a search in SQL takes a good part of a second."""
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
    """Ask everything of everybody. Ends the program where answers differ, save for texts: there it tells the recall.

    Where answers take long not everything is asked.
    """
    for question in QUESTIONS:
        with ExitStack() as stack:
            callers = [stack.enter_context(closing(_Caller(subject))) for subject in subjects]
            answered = list(_answers(callers, question, asked[question.name]))
        if question.is_ranked_freely:
            _tell_recall(subjects, answered)
        else:
            values = sum(len(answers[0].values) for _, answers in answered) / len(answered)
            print(f"{question.title}: {len(answered)} answers of {values:,.0f} values agree", flush=True)


Answered = tuple[Asked, list[Answer]]
"""The answers of each subject."""


def _answers(callers: Sequence["_Caller"], question: Question, sets: Sequence[Asked]) -> Iterator[Answered]:
    end = time.monotonic() + _LONGEST_SECONDS
    for one in sets:
        answers = [caller.ask(question, one) for caller in callers]
        for caller, answer in zip(callers, answers, strict=True):
            if answer != answers[0] and not question.is_ranked_freely:
                told = f"{callers[0].title}: {_only(answers[0], answer)}\n{caller.title}: {_only(answer, answers[0])}"
                raise SystemExit(f"{question.name} {one.variables} is answered differently.\n{told}")
        yield one, answers
        if time.monotonic() > end:
            return


class _Caller:
    """Asks one subject over one connection."""

    def __init__(self, subject: Subject) -> None:
        self.title = subject.title
        self._subject = subject
        self._connection = http.client.HTTPConnection("127.0.0.1", subject.server.port, timeout=120)

    def ask(self, question: Question, asked: Asked) -> Answer:
        path, content = self._subject.ask(question, asked.variables)
        headers = {"Content-Type": "application/json", "Accept": "application/graphql-response+json"}
        self._connection.request("POST", path, orjson.dumps(content), headers)
        body = self._connection.getresponse().read()
        document = orjson.loads(body)
        if "errors" in document:
            raise SystemExit(f"{self.title}, {question.name}, {asked.variables}: {body[:1000].decode()}")
        return read_answer(document.get("data", document))

    def close(self) -> None:
        self._connection.close()


def _only(answer: Answer, other: Answer) -> str:
    values = sorted(set(answer.values) - set(other.values))
    return f"total {answer.total}, ids {answer.ids[:3]} … {answer.ids[-3:]}, values only here {values[:20]}"


def _tell_recall(subjects: Sequence[Subject], answered: Sequence[Answered]) -> None:
    for place, subject in enumerate(subjects):
        recall = sum(one.meant in answers[place].ids for one, answers in answered) / len(answered)
        print(f"text: among ten of {subject.title} is the one meant in {recall:.3f} of {len(answered)}", flush=True)


def read_answer(data: dict[str, Any]) -> Answer:
    """What the data of an answer says."""
    ((_, root),) = data.items()
    listed = root if isinstance(root, dict) else {}
    nodes = [_node(entry) for entry in listed.get("nodes") or listed.get("edges") or (listed,)]
    ids = tuple(node["id"] for node in nodes if "id" in node)
    return Answer(ids, listed.get("totalCount"), tuple(sorted(_values(root))))


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
