"""`pollwatch match`: JSON lines or one plain text in, hits out."""

import codecs
import json
import sys
from collections.abc import Iterator, Sequence
from itertools import chain
from pathlib import Path
from typing import Any, BinaryIO

import click

from commands.rules.rules_and_texts import as_run_reads, load_or_exit, read_plain_text
from commands.shared.faults import CommandFailed
from commands.shared.shared_options import RULES
from commands.shared.source import open_source, source_name
from matchers.engine.engine import Engine, Proof, compile_rules, find_evidence
from matchers.engine.score import score
from matchers.explain.explain import evidence_json
from matchers.relevance.relevance import flags
from matchers.relevance.weights import weights_path
from matchers.text.article_text import ArticleText
from model import Hit

WANTED = 'A line is one JSON object: {"id": 1, "title": "…", "text": "…"}'
MISNAMED = {"body": "text", "content": "text", "headline": "title"}
BYTE_ORDER = codecs.BOM_UTF8
LONGEST_INPUT = 20_000_000  # bytes of a line, and of a plain text
MOST_JUNK = 1_000  # lines
JSON_FIELDS = ("title", "text", "summary", "url", "source", "lang")


@click.command(
    epilog='Example: echo \'{"id": 1, "title": "", "text": "Hackers hit the poll books."}\' | ./pollwatch match -'
)
@click.option("--rules", "rules", type=click.Path(path_type=Path), default=RULES, show_default=True, help="Rule file or folder.")  # fmt: skip
@click.argument("file", callback=open_source, default="-")
@click.pass_context
def command(ctx: click.Context, rules: Path, file: BinaryIO) -> None:
    """Match each JSON line of FILE ("-": standard input), or the plain text in it, against the rules.

    Plain text is one text, of which the first line is the title where a blank line follows; one
    line alone is read both as a headline and as a text, and the one that more rules match, or else
    makes it more relevant, is shown. A JSON line is {"id", "title", "text"} with optional "summary",
    "url", "source", "lang"; without a title the opening of the text stands for it, as in runs, and
    the answer names it under "title". For each, one line
    {"id", "flagged", "relevance", "hits": [{"rule", "severity", "score", "relevance", "evidence":
    [{"field", "start", "end", "text", "clause"}]}]} is written. A text's relevance is the largest of
    its hits; flagged means that a stable rule of severity medium or higher hits with at least the
    threshold's relevance. A line that is not usable gives {"id", "error", "line"}, and the exit code
    is then 1.
    """
    engine = compile_rules(load_or_exit(rules))
    if engine.relevance is None:
        warning = f"{weights_path(rules)} is missing, so every relevance is 1"
        click.echo(f"note: {warning}", err=True)
    if file.isatty():
        click.echo("reading JSON lines, or one text, from the keyboard; Ctrl-D ends", err=True)
    lines = bad = 0
    out = sys.stdout.buffer
    live = not file.seekable()
    for answer in answers(engine, file):
        lines += 1
        bad += "error" in answer
        out.write(encode(answer))
        if live:
            out.flush()
    out.flush()
    if bad:
        warning = f"{bad} of {lines} lines could not be used; each says why in its answer"
        click.echo(f"note: {warning}. {WANTED}", err=True)
    ctx.exit(1 if bad else 0)


def encode(answer: dict[str, Any]) -> bytes:
    """One line; half a surrogate pair, which UTF-8 cannot hold, is written as an escape."""
    text = json.dumps(answer, ensure_ascii=False, separators=(",", ":")) + "\n"
    try:
        return text.encode("utf-8")
    except UnicodeEncodeError:
        return (json.dumps(answer, separators=(",", ":")) + "\n").encode("ascii")


def answers(engine: Engine, file: BinaryIO) -> Iterator[dict[str, Any]]:
    lines: Iterator[tuple[int, bytes]] = enumerate(lines_of_file(file), 1)
    number, line = next(((n, candidate) for n, candidate in lines if candidate.strip()), (0, b""))
    if line.strip() and not is_json(line):
        rest = [line, *up_to_json(lines, len(line), source_name(file))]
        if not is_json(rest[-1]):
            yield {"id": None, **hits_as_json(engine, read_plain(engine, b"".join(rest)))}
            return
        lines = chain(enumerate(rest[1:], number + 1), lines)
    junk = 0
    for at, text_line in chain([(number, line)], lines):
        if text_line.strip():
            junk = 0 if is_json(text_line) else junk + 1
            yield answer_to(engine, text_line, at)
            if junk == MOST_JUNK:  # noise without end, as /dev/urandom is
                raise CommandFailed(
                    f"stopped at line {at}: {junk:,} lines in a row are not JSON objects"
                )


def lines_of_file(file: BinaryIO) -> Iterator[bytes]:
    """Raises CommandFailed for one without end, as /dev/zero is, and where reading fails."""
    try:
        for number, line in enumerate(iter(lambda: file.readline(LONGEST_INPUT + 1), b""), 1):
            if len(line) > LONGEST_INPUT:
                raise CommandFailed(
                    f"line {number} of {source_name(file)} is longer than {LONGEST_INPUT // 1_000_000} MB"
                )
            yield line
    except OSError as error:
        raise CommandFailed(f"{source_name(file)}: {error.strerror}") from error


def up_to_json(lines: Iterator[tuple[int, bytes]], size: int, name: str) -> Iterator[bytes]:
    """The lines of a text, or of what stands before JSON with its first line. Raises CommandFailed."""
    for _, line in lines:
        size += len(line)
        if size > LONGEST_INPUT:
            raise CommandFailed(
                f"{name} holds no JSON lines, and more than {LONGEST_INPUT // 1_000_000} MB of text"
            )
        yield line
        if is_json(line):
            return


def is_json(line: bytes) -> bool:
    """Whether a line is, or was meant to be, a JSON object."""
    return line.removeprefix(BYTE_ORDER).lstrip().startswith(b"{")


def read_plain(engine: Engine, content: bytes) -> Sequence[Proof]:
    """The hits of a plain text; of one line alone in the more telling of its two readings."""
    text = read_plain_text(content.removeprefix(BYTE_ORDER).decode("utf-8", "replace"))
    if text.title or "\n" in text.body.strip():
        return find_evidence(engine, as_run_reads(text))
    line = text.body.strip()
    readings = (ArticleText(body=line), ArticleText(title=line))
    return max((find_evidence(engine, reading) for reading in readings), key=how_telling)


def how_telling(hits: Sequence[Proof | Hit]) -> tuple[int, float]:
    """For choosing between two readings of one line: how many rules catch it, then its relevance."""
    return len(hits), max((hit.relevance or 0.0 for hit in hits), default=0.0)


def answer_to(engine: Engine, line: bytes, number: int) -> dict[str, Any]:
    try:
        fields = json.loads(line)
    except UnicodeDecodeError:
        return {"id": None, "error": "not UTF-8 text", "line": number}
    except (ValueError, RecursionError) as error:
        return {"id": None, "error": f"not a JSON object: {error}", "line": number}
    if not isinstance(fields, dict):
        return {"id": None, "error": "not a JSON object", "line": number}
    wrong = [key for key in JSON_FIELDS if not isinstance(fields.get(key) or "", str)]
    if wrong:
        return {"id": fields.get("id"), "error": f"{wrong[0]} must be text", "line": number}
    for key, name in MISNAMED.items():
        if key in fields and name not in fields:
            why = f'"{key}" is not read: call it "{name}"'
            return {"id": fields.get("id"), "error": why, "line": number}
    title, body, summary, url, source, lang = (fields.get(key) or "" for key in JSON_FIELDS)
    text = as_run_reads(ArticleText(title, body, source, url, lang, summary))
    opening = {} if text.title == title else {"title": text.title}
    return {"id": fields.get("id"), **opening, **hits_as_json(engine, find_evidence(engine, text))}


def hits_as_json(engine: Engine, proofs: Sequence[Proof]) -> dict[str, Any]:
    hits = [
        {
            "rule": proof.rule.id,
            "severity": proof.rule.severity,
            "score": score(proof.evidence),
            "relevance": proof.relevance,
            "evidence": [evidence_json(passage) for passage in proof.evidence],
        }
        for proof in proofs
    ]
    threshold = engine.threshold
    flagged = any(flags(proof.rule, proof.relevance, threshold) for proof in proofs)
    if not proofs:
        return {"flagged": flagged, "hits": hits}
    return {
        "flagged": flagged,
        "relevance": max(proof.relevance for proof in proofs),
        "hits": hits,
    }
