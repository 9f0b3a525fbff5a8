"""The evidence bundle of one hit: what was published, why it matched, who judged it, and proof of it."""

import base64
import hashlib
import io
import json
import sqlite3
import zipfile
from collections.abc import Mapping, Sequence
from pathlib import Path

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

import privacy
from config.replace_file import one_writer, replace_content
from review.pages.responses import dumps

VERIFIER = Path(__file__).parent / "verify.py"
ZIP_EPOCH = (2020, 1, 1, 0, 0, 0)  # a fixed time, so that the same facts give the same zip
README = """Evidence bundle of Pollwatch, hit {hit}

text.txt       the article's text as stored: headline, an empty line, body
               (redacted: private addresses and numbers are covered by dots at the same length)
redacted.json  only in a redacted bundle: what was covered, and the hash of the original text
article.json   what is known of the article: address, outlet, times, how it was read
rule.json      the rule in the version that matched; written_out_json is its query with each word list written out
evidence.json  each matched passage with its offsets (characters) in headline or body, and the clause tree
history.json   earlier evidence of the same hit, if the page or the rule changed
reviews.json   what reviewers decided, in order; nothing is ever taken out
manifest.json  SHA-256 of every other file, when and by whom the bundle was made
manifest.sig   Ed25519 signature of manifest.json, base64
public-key.pem the key to check it with

Check it:  python3 verify.py            (Python 3.9 or newer; hashes and offsets, nothing else needed)
           pip install cryptography     then again, for the signature as well

The signature shows that the bundle was made by whoever holds the private key of that Pollwatch, and was
not changed since. Compare the key's fingerprint with one that you got from them by another way, and take
verify.py from Pollwatch itself if you do not trust who gave you this folder. It does not show that the page
was true, nor, by itself, when the page was published.
"""


def signing_key(path: Path) -> Ed25519PrivateKey:
    """The key beside the database; made on first use, readable by its owner only."""
    with one_writer(path):
        # One without content is of a version whose process was killed while it made it.
        if not path.exists() or not path.stat().st_size:
            replace_content(path, new_key(), mode=0o600)
    key = serialization.load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(key, Ed25519PrivateKey):
        raise TypeError(f"{path} holds no Ed25519 key")
    return key


def new_key() -> bytes:
    return Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )


def public_pem(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )


def bundle_files(
    hit: sqlite3.Row,
    text: sqlite3.Row | None,
    history: Sequence[sqlite3.Row],
    reviews: Sequence[sqlite3.Row],
    *,
    redacted: bool = False,
) -> dict[str, bytes]:
    """The facts, by file name. `text.txt` is left out when the text was purged.

    `redacted`: private places are masked in every file, at equal length, so that offsets hold.
    """
    listed = {key: hit[key] for key in hit.keys()}  # noqa: SIM118 (a Row has no items)
    facts: dict[str, object] = {
        "article.json": {key: listed[key] for key in ARTICLE_KEYS},
        "rule.json": {key: listed[key] for key in RULE_FIELDS}
        | {"definition_json": of_no_machine(listed["definition_json"])},
        "evidence.json": {key: listed[key] for key in EVIDENCE_KEYS},
        "history.json": [dict(row) for row in history],
        "reviews.json": [dict(row) for row in reviews],
    }
    whole = _text(hit, text)
    if redacted:
        facts = {name: value if name == "rule.json" else privacy.masked_values(value) for name, value in facts.items()}  # fmt: skip
        facts["redacted.json"] = {
            "redacted": "Street addresses, phone numbers and mailboxes of people are covered by dots at the same length.",
            "original_text_sha256": hit["text_sha256"],
            "complete_bundle": "a lead of that Pollwatch can make one; it is put on record there",
        }
        whole = privacy.masked(whole) if whole is not None else None
    files = {name: dumps(value).encode() for name, value in facts.items()}
    if whole is not None:
        files["text.txt"] = whole.encode("utf-8", "surrogatepass")
    return files


def of_no_machine(definition: str) -> str:
    """A rule's definition with the name of its file only: the folders are nobody else's business."""
    rule = json.loads(definition)
    return json.dumps(rule | {"path": Path(rule.get("path") or "").name}, ensure_ascii=False)


def _text(hit: sqlite3.Row, text: sqlite3.Row | None) -> str | None:
    if text is None:
        return None
    if hit["entry_id"] is not None:
        return f"{text['title'] or ''}\n\n{text['content'] or text['summary'] or ''}"
    if text["body"] is None:
        return None
    fields = [text["title"], text["body"], *filter(None, [text["summary"]])]
    return "\n\n".join(fields)  # as the hash of the text is made; no field holds an empty line


ARTICLE_KEYS = (
    "article_id", "article_title", "url", "url_canonical", "outlet", "owner", "authors", "site", "language", "region", "published_at", "first_seen_at",
    "read_at", "http_status", "method", "extractor", "chars", "text_sha256", "current_sha256", "versions", "changed_at", "feed_name", "feed_slug",
)  # fmt: skip
RULE_FIELDS = (
    "rule_id",
    "rule_version",
    "rule_sha256",
    "query",
    "unless",
    "severity",
    "category",
    "version_at",
    "definition_json",
    "written_out_json",
)
EVIDENCE_KEYS = (
    "id", "story_id", "entry_id", "score", "relevance", "lane", "snippet", "snippet_field", "snippet_start", "terms_json", "clauses_json", "text_sha256", "evidence_sha256", "partial",
    "still_matches", "origin", "created_at", "status",
)  # fmt: skip


def zipped(
    hit_id: int, facts: Mapping[str, bytes], key: Ed25519PrivateKey, origin: Mapping[str, str]
) -> bytes:
    listed = {
        **facts,
        "verify.py": VERIFIER.read_bytes(),
        "README.txt": README.format(hit=hit_id).encode(),
    }
    manifest = dumps({
        "bundle": 1, "hit": hit_id, **origin,
        "files": {name: hashlib.sha256(data).hexdigest() for name, data in sorted(listed.items())},
    }).encode()  # fmt: skip
    whole = {
        **listed,
        "manifest.json": manifest,
        "manifest.sig": base64.b64encode(key.sign(manifest)) + b"\n",
        "public-key.pem": public_pem(key),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in sorted(whole):
            entry = zipfile.ZipInfo(f"pollwatch-hit-{hit_id}/{name}", ZIP_EPOCH)
            entry.compress_type, entry.external_attr = zipfile.ZIP_DEFLATED, 0o644 << 16
            archive.writestr(entry, whole[name])
    return out.getvalue()
