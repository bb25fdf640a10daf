"""Slips of the finger made by rule, so that they are the same in every run."""

import random
import string


def slip(word: str, draw: random.Random) -> str:
    """The word with one letter left out, doubled, changed, or exchanged with its neighbour; never the word itself."""
    made = word
    while made == word:
        at = draw.randrange(len(word) - 1)
        other = draw.choice(string.ascii_lowercase)
        made = draw.choice(
            (
                word[:at] + word[at + 1 :],
                word[:at] + word[at] + word[at:],
                word[:at] + other + word[at + 1 :],
                word[:at] + word[at + 1] + word[at] + word[at + 2 :],
            )
        )
    return made
