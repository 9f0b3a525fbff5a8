"""How feed text shows in Datasette's own tables."""

from markupsafe import Markup

from review.render import safe_links

LONGEST_CELL = 400


def render(value: object, column: str, table: str | None) -> Markup | None:
    """Text isolated from its surroundings, addresses as links that tell nothing. None: as usual."""
    if not isinstance(value, str) or not value:
        return None
    address = safe_links.safe(value)
    if address:
        return Markup('<a href="{}" rel="noopener noreferrer nofollow">{}</a>').format(
            address, value
        )
    if len(value) > LONGEST_CELL:
        return Markup('<bdi title="{} characters">{}…</bdi>').format(
            len(value), value[:LONGEST_CELL]
        )
    return Markup("<bdi>{}</bdi>").format(value)
