"""Turns articles into feeds and pages. Pure: values in, bytes out; the markup is in templates/."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from email.utils import format_datetime

import jinja2

from demo.texts import DEMO_FOLDER, FREE_PARAGRAPHS, DemoArticle, Paper

FEED_TYPES = {
    "rss": "application/rss+xml; charset=utf-8",
    "atom": "application/atom+xml; charset=utf-8",
    "rdf": "application/rdf+xml; charset=utf-8",
    "json": "application/feed+json; charset=utf-8",
}
RELATED = 4


@dataclass(frozen=True, slots=True)
class Print:
    """One outlet at one address in one edition: all that a page or a feed is made from."""

    paper: Paper
    home: str  # such as "http://127.0.0.1:8871/"
    articles: tuple[DemoArticle, ...]  # newest first, as this edition has them
    first: tuple[DemoArticle, ...]  # as the first edition had them
    now: datetime

    @property
    def feed_url(self) -> str:
        return self.home + self.paper.feed_path.removeprefix("/")

    def url(self, article: DemoArticle) -> str:
        return self.home + self.path(article).removeprefix("/")

    def path(self, article: DemoArticle) -> str:
        return self.paper.article_path.format(slug=article.slug)

    def link(self, article: DemoArticle) -> str:
        """The link in the feed, which may carry what publishers add to count clicks."""
        tail = "?utm_source=rss&utm_medium=feed&utm_campaign=news" if self.paper.tracking else ""
        return self.url(article) + tail

    def image(self, article: DemoArticle) -> str:
        return f"{self.home}img/{article.slug}.svg"

    def related(self, article: DemoArticle) -> tuple[DemoArticle, ...]:
        """Old headlines only, so that a new edition leaves unchanged pages unchanged."""
        ranked = sorted(self.first, key=lambda other: (not other.relevant, other.hours_ago))
        return tuple(other for other in ranked if other.slug != article.slug)[:RELATED]

    def modified(self) -> datetime:
        return max((article.updated(self.now) for article in self.articles), default=self.now)


def write_feed(edition: Print) -> bytes:
    if edition.paper.format == "json":
        return json.dumps(_json_feed(edition), ensure_ascii=False, indent=1).encode()
    return _render(f"feed.{edition.paper.format}.xml", edition=edition)


def write_page(edition: Print, article: DemoArticle) -> bytes:
    """The article's page in its outlet's own markup; behind the paywall, its beginning only."""
    shown, rest = list(article.paragraphs), False
    if article.fault == "paywall":
        shown, rest = shown[:FREE_PARAGRAPHS], True
    return _render(
        f"page.{edition.paper.slug}.html",
        edition=edition,
        paper=edition.paper,
        article=article,
        paragraphs=shown,
        walled=rest,
        metadata=_metadata(edition, article),
    )


def write_home(edition: Print) -> bytes:
    return _render("home.html", edition=edition, paper=edition.paper, type=FEED_TYPES)


def write_notice(name: str, edition: Print) -> bytes:
    """A page that is not an article: "missing" or "bot-wall"."""
    return _render(f"notice.{name}.html", edition=edition, paper=edition.paper)


def write_image(article: DemoArticle) -> bytes:
    return _render("image.svg", hue=sum(article.slug.encode()) % 360, article=article)


def body_html(article: DemoArticle) -> str:
    """The text alone, as full-text feeds carry it."""
    return _render("body.html", paragraphs=article.paragraphs, article=article).decode().strip()


def _json_feed(edition: Print) -> dict[str, object]:
    return {
        "version": "https://jsonfeed.org/version/1.1",
        "title": edition.paper.name,
        "description": edition.paper.tagline,
        "home_page_url": edition.home,
        "feed_url": edition.feed_url,
        "language": edition.paper.language,
        "items": [_json_item(edition, article) for article in edition.articles],
    }


def _json_item(edition: Print, article: DemoArticle) -> dict[str, object]:
    return {
        "id": edition.url(article),
        "url": edition.link(article),
        "title": article.title,
        "summary": article.summary,
        "content_html": body_html(article),
        "image": edition.image(article),
        "date_published": article.published(edition.now).isoformat(),
        "date_modified": article.updated(edition.now).isoformat(),
        "authors": [{"name": article.author}],
        "tags": [article.section],
    }


def _metadata(edition: Print, article: DemoArticle) -> dict[str, object]:
    """schema.org's NewsArticle, as publishers embed it."""
    variables: dict[str, object] = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": edition.url(article),
        "headline": article.title,
        "description": article.summary,
        "image": [edition.image(article)],
        "datePublished": article.published(edition.now).isoformat(),
        "dateModified": article.updated(edition.now).isoformat(),
        "inLanguage": edition.paper.language,
        "author": [{"@type": "Person", "name": article.author}],
        "publisher": {"@type": "NewsMediaOrganization", "name": edition.paper.name},
        "isAccessibleForFree": article.fault != "paywall",
    }
    if article.fault == "paywall":
        variables["hasPart"] = {
            "@type": "WebPageElement",
            "isAccessibleForFree": False,
            "cssSelector": ".paywall",
        }
    return variables


MONTHS_ES = (
    *("enero", "febrero", "marzo", "abril", "mayo", "junio"),
    *("julio", "agosto", "septiembre", "octubre", "noviembre", "diciembre"),
)


def _in_english(moment: datetime) -> str:
    return f"{moment:%B} {moment.day}, {moment.year}"


def _in_spanish(moment: datetime) -> str:
    return f"{moment.day} de {MONTHS_ES[moment.month - 1]} de {moment.year}"


def _templates() -> jinja2.Environment:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(DEMO_FOLDER / "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {
        "rfc822": format_datetime,
        "iso": datetime.isoformat,
        "english": _in_english,
        "spanish": _in_spanish,
        "body_html": body_html,
    }
    return environment


TEMPLATES = _templates()


def _render(name: str, **values: object) -> bytes:
    return TEMPLATES.get_template(name).render(**values).encode()


def find(articles: Sequence[DemoArticle], slug: str) -> DemoArticle | None:
    return next((article for article in articles if article.slug == slug), None)
