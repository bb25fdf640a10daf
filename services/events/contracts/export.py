"""The export profile of an organisation. Unknown is not zero, and not no."""

from typing import Annotated, Self

from pydantic import Field, StringConstraints, model_validator

from services.events.contracts.values import Amount, Code, Country, Email, Line, Model, Percent, Phone, Unique, Year
from services.events.contracts.vocabulary import Exports, MarketStatus, ShareSource

LanguageTag = Annotated[str, StringConstraints(pattern=r"^[a-z]{2,3}(-[A-Z]{2})?$")]
"""A language, BCP 47: `fr`, `nl`, `pt-BR`."""


class ExportShare(Model):
    """Share of turnover made abroad, in percent of the year's turnover."""

    percent: Percent
    year: Year
    source: ShareSource


class YearAmount(Model):
    """An amount in EUR of one business year."""

    eur: Amount
    year: Year


class ExportMarket(Model):
    """A country where the organisation sells, or wants to."""

    country: Country
    status: MarketStatus
    share_percent: Percent | None = None
    """Share of the export turnover made there."""
    since: Year | None = None


class MissionParticipation(Model):
    """A trade mission that the organisation took part in."""

    name: Line
    year: Year


class LocalPresence(Model):
    """A presence abroad: a subsidiary, an agent, a distributor."""

    country: Country
    kind: Code


class ExportContact(Model):
    """The role to write to about exports: a function's address, never a person's."""

    role: Line
    email: Email | None = None
    phone: Phone | None = None


class ExportProfile(Model):
    """What an organisation says of its exports."""

    exports: Exports = Exports.UNKNOWN
    share: ExportShare | None = None
    """The share that the organisation publishes; one that is known and not published is in the restricted part."""
    markets: Annotated[tuple[ExportMarket, ...], Field(max_length=250)] = ()
    product_codes: Annotated[tuple[Code, ...], Field(max_length=100), Unique] = ()
    """HS or CPA codes, written `hs.851762`, `cpa.62.01`."""
    working_languages: Annotated[tuple[LanguageTag, ...], Field(max_length=30), Unique] = ()
    missions: Annotated[tuple[MissionParticipation, ...], Field(max_length=200), Unique] = ()
    local_presence: Annotated[tuple[LocalPresence, ...], Field(max_length=200), Unique] = ()
    certificates: Annotated[tuple[Line, ...], Field(max_length=50), Unique] = ()
    contact: ExportContact | None = None

    @model_validator(mode="after")
    def _no_contradiction(self) -> Self:
        named = [(market.country, market.status) for market in self.markets]
        if len(set(named)) < len(named):
            raise ValueError("markets name a country twice with the same status; name it once")
        active = any(market.status is MarketStatus.ACTIVE for market in self.markets)
        if self.exports is Exports.NO and (active or (self.share and self.share.percent > 0)):
            raise ValueError('exports is "no" beside an active market or a share above 0; write "yes", or remove them')
        return self
