"""Rings on the map: lines from point to point, straight in degrees as GeoJSON has them (RFC 7946), around an area."""

from collections.abc import Iterator

Place = tuple[float, float]
"""Longitude and latitude, WGS84 degrees."""
Ring = tuple[Place, ...]
Side = tuple[Place, Place]


def sides(ring: Ring) -> Iterator[Side]:
    """From each point to the next, and from the last to the first."""
    return zip(ring, (*ring[1:], ring[0]), strict=True)


def contains(ring: Ring, place: Place) -> bool:
    """Whether the place lies in the ring or on its line.

    A line from the place to the east crosses the ring an odd number of times. The read model does the same sums with
    many places at once: change both together.
    """
    (east, north), inside = place, False
    for (from_east, from_north), (to_east, to_north) in sides(ring):
        turn = (to_east - from_east) * (north - from_north) - (to_north - from_north) * (east - from_east)
        spanned = (from_north > north) != (to_north > north)
        if turn == 0 and _between(from_east, east, to_east) and _between(from_north, north, to_north):
            return True
        if spanned and (turn > 0) == (to_north > from_north):
            inside = not inside
    return inside


def crossing(ring: Ring) -> tuple[int, int] | None:
    """Two sides that have more in common than the point where the one ends and the other begins, by index."""
    every = sorted(((*_span(side), index, side) for index, side in enumerate(sides(ring))), key=lambda one: one[0])
    for place, (_, east, index, side) in enumerate(every):
        for west, _, other, other_side in every[place + 1 :]:
            if west > east:
                break
            if _meet(ring, (index, side), (other, other_side)):
                return min(index, other), max(index, other)
    return None


def _span(side: Side) -> tuple[float, float]:
    (one, _), (other, _) = side
    return min(one, other), max(one, other)


def _meet(ring: Ring, one: tuple[int, Side], other: tuple[int, Side]) -> bool:
    (index, side), (other_index, other_side) = one, other
    if (index + 1) % len(ring) == other_index:
        return _turns_back(side, other_side[1])
    if (other_index + 1) % len(ring) == index:
        return _turns_back(other_side, side[1])
    return _touch(side, other_side)


def _turns_back(side: Side, following: Place) -> bool:
    """Whether the next side runs back over this one."""
    start, middle = side
    ahead = (middle[0] - start[0]) * (following[0] - middle[0]) + (middle[1] - start[1]) * (following[1] - middle[1])
    return _turn(start, middle, following) == 0 and ahead < 0


def _touch(side: Side, other: Side) -> bool:
    (start, end), (other_start, other_end) = side, other
    if max(start[1], end[1]) < min(other_start[1], other_end[1]):
        return False
    if min(start[1], end[1]) > max(other_start[1], other_end[1]):
        return False
    turns = _turn(start, end, other_start), _turn(start, end, other_end)
    other_turns = _turn(other_start, other_end, start), _turn(other_start, other_end, end)
    if _opposite(*turns) and _opposite(*other_turns):
        return True
    on_side = ((side, other_start, turns[0]), (side, other_end, turns[1]))
    on_other = ((other, start, other_turns[0]), (other, end, other_turns[1]))
    return any(turn == 0 and _in_span(held, place) for held, place, turn in (*on_side, *on_other))


def _opposite(one: float, other: float) -> bool:
    return (one > 0 > other) or (one < 0 < other)


def _turn(start: Place, end: Place, place: Place) -> float:
    """Above 0 where the place is on the left of the line, below 0 on its right."""
    return (end[0] - start[0]) * (place[1] - start[1]) - (end[1] - start[1]) * (place[0] - start[0])


def _in_span(side: Side, place: Place) -> bool:
    (start, end) = side
    return _between(start[0], place[0], end[0]) and _between(start[1], place[1], end[1])


def _between(one: float, value: float, other: float) -> bool:
    return one <= value <= other or other <= value <= one
