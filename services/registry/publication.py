"""What a profile must hold before it is submitted or published; a draft may lack any of it.

Each rule says where the field is and what to write there. All that is missing is reported at once.
"""

from collections.abc import Callable, Iterator, Mapping

from services.events.contracts.organisation import Content
from services.events.contracts.places import Establishment
from services.events.contracts.profiles import LabKind
from services.events.contracts.vocabulary import ActivityKind
from services.problems import FieldError

Rule = Callable[[Content], Iterator[FieldError]]


def missing(content: Content) -> list[FieldError]:
    """Everything that the content still needs, over all its kinds."""
    rules = [_common, *(_KIND_RULES[kind] for kind in content.kinds if kind in _KIND_RULES)]
    return list(dict.fromkeys(error for rule in rules for error in rule(content)))


def _needed(pointer: str, remedy: str) -> FieldError:
    return FieldError(pointer, "needed_to_publish", remedy)


def _common(content: Content) -> Iterator[FieldError]:
    if content.short_description is None or content.short_description.fr is None:
        yield _needed("/short_description/fr", "Describe the organisation in French, in at most 300 characters.")
    if not content.categories:
        yield _needed("/categories", "Name at least one category: a product, market, technology or business position.")
    if content.private.platform_contact is None:
        yield _needed("/private/platform_contact", "Name the person whom the platform writes to; it stays private.")


def _company(content: Content) -> Iterator[FieldError]:
    company = content.profiles.company
    if company and company.foreign_country is None and not content.enterprise_numbers:
        yield _needed(
            "/enterprise_numbers",
            "Write the company's enterprise number, or its country in /profiles/company/foreign_country.",
        )


def _start_up(content: Content) -> Iterator[FieldError]:
    if content.profiles.start_up and content.profiles.start_up.founded_on is None:
        yield _needed("/profiles/start_up/founded_on", 'Write the day of its foundation: "2021-03-15".')


def _coworking(content: Content) -> Iterator[FieldError]:
    profile = content.profiles.coworking
    yield from _place(content, ActivityKind.COWORKING)
    if profile and profile.desks is None:
        yield _needed("/profiles/coworking/desks", "Write the number of desks, 1 or more.")
    if profile and profile.opening_hours is None:
        yield _needed("/profiles/coworking/opening_hours", 'Write the opening hours: "Mo-Fr 08:30-18:00".')


def _fab_lab(content: Content) -> Iterator[FieldError]:
    profile = content.profiles.fab_lab
    if profile and profile.lab_kind is not LabKind.MOBILE:
        yield from _place(content, ActivityKind.FAB_LAB)
    if profile and profile.lab_kind is None:
        yield _needed("/profiles/fab_lab/lab_kind", "Write mini, full or mobile.")
    if profile and profile.activity_status is None:
        yield _needed("/profiles/fab_lab/activity_status", "Write planned, active or closed.")
    if profile and not profile.capabilities:
        yield _needed("/profiles/fab_lab/capabilities", "Name what can be made there, three_d_printing for example.")


def _epn(content: Content) -> Iterator[FieldError]:
    profile = content.profiles.epn
    if profile is None:
        return
    if not profile.itinerant:
        yield from _place(content, ActivityKind.EPN)
    if profile.itinerant is None:
        yield _needed("/profiles/epn/itinerant", "Say whether it moves from place to place: true or false.")
    if profile.opening_hours is None and profile.open_hours_per_week is None:
        yield _needed(
            "/profiles/epn/opening_hours",
            'Write the opening hours: "Tu,Th 13:30-17:30"; if they vary, their sum in open_hours_per_week.',
        )
    if profile.computers is None:
        yield _needed("/profiles/epn/computers", "Write the number of computers; 0 is a number too.")


def _place(content: Content, kind: ActivityKind) -> Iterator[FieldError]:
    """A place needs one establishment of its kind whose address has a point and, in Belgium, a commune."""
    places = [
        (index, place) for index, place in enumerate(content.establishments) if not place.kinds or kind in place.kinds
    ]
    if not places:
        yield _needed("/establishments", f"Add the establishment of the {kind} with its address.")
    elif not any(_is_located(place) for _, place in places):
        yield from _unlocated(*places[0])


def _unlocated(index: int, place: Establishment) -> Iterator[FieldError]:
    where = f"/establishments/{index}/address"
    if place.address.point is None:
        yield _needed(f"{where}/point", "Add the point on the map: longitude and latitude, WGS84.")
    if place.address.country == "BE" and place.address.nis_code is None:
        yield _needed(f"{where}/nis_code", "Add the commune's NIS code, 92094 for Namur.")


def _is_located(place: Establishment) -> bool:
    address = place.address
    return address.point is not None and (address.nis_code is not None or address.country != "BE")


_KIND_RULES: Mapping[ActivityKind, Rule] = {
    ActivityKind.COMPANY: _company,
    ActivityKind.START_UP: _start_up,
    ActivityKind.COWORKING: _coworking,
    ActivityKind.FAB_LAB: _fab_lab,
    ActivityKind.EPN: _epn,
}
