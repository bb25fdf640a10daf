"""Parts of addresses that several endpoints have."""

from typing import Annotated

from fastapi import Path

from services.events.contracts.organisation import OrganisationId
from services.registry.routes.examples import ORGANISATION

OrganisationPath = Annotated[OrganisationId, Path(description="The organisation's id.", examples=[ORGANISATION])]
