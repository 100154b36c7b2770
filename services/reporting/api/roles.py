"""Who may give which command: nobody, reporting is only asked."""

from typing import Any, Final

from contracts.codes import Role

ROLES: Final[dict[type[Any], frozenset[Role]]] = {}
