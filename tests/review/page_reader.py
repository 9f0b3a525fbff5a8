"""What a browser would make of a page: its elements and their attributes."""

from html.parser import HTMLParser

Attributes = dict[str, str | None]


class Page(HTMLParser):
    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, Attributes]] = []
        self.scripts: list[str] = []
        self._tag = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))
        self._tag = tag

    def handle_endtag(self, tag: str) -> None:
        self._tag = ""

    def handle_data(self, data: str) -> None:
        if self._tag in ("script", "style") and data.strip():
            self.scripts.append(data)

    def handlers(self) -> list[str]:
        return [
            f"{tag} {name}"
            for tag, attrs in self.elements
            for name in attrs
            if name.startswith("on")
        ]

    def addresses(self) -> list[str]:
        names = ("href", "src", "action", "formaction", "xlink:href", "data")
        return [str(attrs[n]) for _, attrs in self.elements for n in names if n in attrs]

    def tags(self) -> set[str]:
        return {tag for tag, _ in self.elements}
