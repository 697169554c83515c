"""Feeds of a place: Atom (RFC 4287) and JSON Feed 1.1, from the same entries."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from urllib.parse import quote, urlsplit
from xml.etree import ElementTree as ET

import asyncpg
import orjson

from api.changes.places import Place
from api.changes.queries import QUERIES
from api.changes.words import KINDS, happened, here
from api.deps import Pool
from maps.numbers import Lang, said
from schemas.words import Words

ATOM = "http://www.w3.org/2005/Atom"
JSON_FEED = "https://jsonfeed.org/version/1.1"
AUTHOR = "Sổ Quy Hoạch"
MOST_ENTRIES = 50
FOUNDED = "2026"
"""The year in the tag: URIs (RFC 4151); it never changes, whatever year it is."""
NEVER = datetime(1970, 1, 1, tzinfo=UTC)
_NO_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")

SUBTITLE = Words(
    "Quy hoạch thay đổi tại đây: công bố, điều chỉnh, đính chính, thu hồi. Dự thảo đang lấy ý kiến "
    "không có trong sổ này.",
    "What changes in the plans here: published, adjusted, corrected, withdrawn. Drafts put out for "
    "comment are not in this register.",
)


@dataclass(frozen=True)
class Entry:
    """One change as it concerns a place. `sentence`: what happened; `means`: what it means here."""

    seq: int
    at: datetime
    kind: str
    sentence: Words
    means: Words
    url: str
    authority: str | None
    area_m2: float | None
    invented: bool


@dataclass(frozen=True)
class Feed:
    """What both forms of a feed say. `base`: this register's own address, without a slash."""

    place: Place
    entries: tuple[Entry, ...]
    updated: datetime
    base: str
    lang: Lang

    @property
    def title(self) -> str:
        return f"{said(self.place.title, self.lang)} – {AUTHOR}"

    def own_url(self, form: str) -> str:
        return self.base + self.place.feed(form, self.lang)

    def tag(self, entry: Entry | None = None) -> str:
        """The permanent id of the feed or of an entry: the same in both forms and languages."""
        host = urlsplit(self.base).hostname
        name = f"tag:{host},{FOUNDED}:feeds/{self.place.path}{self.place.chosen}"
        return f"{name}/{entry.seq}" if entry else name


async def entries_of(database: Pool, place: Place) -> tuple[Entry, ...]:
    """The newest changes whose ground lies in a place, newest first."""
    rows = await database.fetch(QUERIES["entries"], place.ground, MOST_ENTRIES)
    return tuple(_entry(row) for row in rows)


def _entry(row: asyncpg.Record) -> Entry:
    change: dict[str, Any] = dict(row) | orjson.loads(row["detail"])
    change["differences"] = orjson.loads(row["differences"])
    return Entry(
        seq=row["seq"],
        at=row["at"],
        kind=row["kind"],
        sentence=happened(change),
        means=here(change),
        url=f"/plans/{quote(row['plan_id'], safe='')}/versions/{row['version']}",
        authority=row["authority"],
        area_m2=row["area_m2"],
        invented=row["invented"],
    )


async def feed_of(database: Pool, place: Place, base: str, lang: Lang) -> Feed:
    """The feed of a place. Without entries it was last updated when the register began."""
    entries = await entries_of(database, place)
    oldest: datetime | None = None
    if not entries:
        oldest = await database.fetchval(QUERIES["oldest_moment"])
    updated = max((entry.at for entry in entries), default=oldest or NEVER)
    return Feed(place, entries, updated, base, lang)


def atom(feed: Feed) -> bytes:
    """The feed as Atom."""
    root = ET.Element("feed", {"xmlns": ATOM, "xml:lang": feed.lang})
    _text(root, "id", feed.tag())
    _text(root, "title", feed.title)
    _text(root, "subtitle", said(SUBTITLE, feed.lang))
    _text(root, "updated", _moment(feed.updated))
    _text(ET.SubElement(root, "author"), "name", AUTHOR)
    _link(root, "self", feed.own_url("atom"), "application/atom+xml")
    _link(root, "alternate", feed.base + feed.place.page, "text/html")
    for entry in feed.entries:
        _atom_entry(root, feed, entry)
    declared: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return declared


def _atom_entry(root: ET.Element, feed: Feed, entry: Entry) -> None:
    node = ET.SubElement(root, "entry")
    _text(node, "id", feed.tag(entry))
    _text(node, "title", said(entry.sentence, feed.lang))
    _text(node, "updated", _moment(entry.at))
    _text(node, "published", _moment(entry.at))
    if entry.authority:
        _text(ET.SubElement(node, "author"), "name", entry.authority)
    ET.SubElement(
        node, "category", {"term": entry.kind, "label": said(KINDS[entry.kind], feed.lang)}
    )
    _link(node, "alternate", feed.base + entry.url, "text/html")
    _text(node, "summary", said(entry.means, feed.lang))
    _text(node, "content", _content(entry))


def json_feed(feed: Feed) -> bytes:
    """The feed as JSON Feed 1.1."""
    document = {
        "version": JSON_FEED,
        "title": feed.title,
        "description": said(SUBTITLE, feed.lang),
        "home_page_url": feed.base + feed.place.page,
        "feed_url": feed.own_url("json"),
        "language": feed.lang,
        "authors": [{"name": AUTHOR}],
        "items": [_json_item(feed, entry) for entry in feed.entries],
    }
    return orjson.dumps(document)


def _json_item(feed: Feed, entry: Entry) -> dict[str, Any]:
    item = {
        "id": feed.tag(entry),
        "url": feed.base + entry.url,
        "title": said(entry.sentence, feed.lang),
        "summary": said(entry.means, feed.lang),
        "content_text": _content(entry),
        "date_published": _moment(entry.at),
        "tags": [entry.kind],
        "_sqh": {"seq": str(entry.seq), "kind": entry.kind, "area_m2": entry.area_m2},
    }
    return item | ({"authors": [{"name": entry.authority}]} if entry.authority else {})


def _content(entry: Entry) -> str:
    """Everything in both languages, Vietnamese first."""
    lines = [
        *(["DỮ LIỆU MINH HỌA (bịa) / Invented sample data"] if entry.invented else []),
        f"{entry.sentence.vi} {entry.means.vi}",
        f"{entry.sentence.en} {entry.means.en}",
    ]
    return "\n\n".join(lines)


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _text(parent: ET.Element, name: str, text: str) -> None:
    ET.SubElement(parent, name).text = _NO_XML.sub("", text)


def _link(parent: ET.Element, rel: str, href: str, kind: str) -> None:
    ET.SubElement(parent, "link", {"rel": rel, "type": kind, "href": href})
