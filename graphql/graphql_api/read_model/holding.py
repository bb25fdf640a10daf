"""What the read model holds, for whoever compares it with the log: every subject with its hash, at one position."""

from collections.abc import Iterator, Mapping

from pyroaring import BitMap

from graphql_api.read_model.model import ReadModel
from graphql_api.read_model.store.frozen import FrozenRecords
from services.events.contracts.catalogue import ORGANISATION
from services.events.contracts.entries import Subject
from services.events.verifying.holding import Digest, Held


def held_by(model: ReadModel) -> tuple[Digest, Iterator[Held]]:
    """The model's digest, and its subjects in any order. Raises NotLoaded.

    To be called on the thread that changes the model; the subjects may then be read in another one while it goes on.
    """
    state = model.state
    digest = Digest(state.position, state.published_ms, model.view, state.digest)
    return digest, _subjects(BitMap(state.everything), state.records.frozen(), dict(state.others))


def _subjects(ordinals: BitMap, records: FrozenRecords, others: Mapping[Subject, bytes]) -> Iterator[Held]:
    for ordinal in ordinals:
        header = records.header_of(ordinal)
        yield Held(Subject(ORGANISATION, records.id_of(ordinal)), header.hash.hex(), header.version)
    for subject, digest in others.items():
        yield Held(subject, digest.hex())
