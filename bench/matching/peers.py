"""The same queries in SQLite FTS5, tantivy, YARA and a loop of regular expressions.

Each peer is a function that makes, from trees and a batch size, a function from texts to hits (pairs
of text and rule). A peer that cannot say something says the nearest that it can; `doubt` in the
report counts hits that differ from ours.
"""

import re
import sqlite3
from collections.abc import Callable, Sequence

from matchers.query.ast import And, Near, Node, Not, Or, Term
from matchers.text.article_text import ArticleText
from matchers.text.normalize import fold

Hits = set[tuple[int, int]]
Peer = Callable[[Sequence[ArticleText]], Hits]


def fts5(trees: Sequence[Node], batch: int) -> Peer:
    queries = [fts5_query(tree) for tree in trees]

    def run(texts: Sequence[ArticleText]) -> Hits:
        hits: Hits = set()
        for first in range(0, len(texts), batch):
            db = sqlite3.connect(":memory:")
            db.execute(
                "CREATE VIRTUAL TABLE t USING fts5(title, body, tokenize='unicode61 remove_diacritics 2')"
            )
            part = texts[first : first + batch]
            db.executemany(
                "INSERT INTO t(rowid, title, body) VALUES (?, ?, ?)",
                [(first + i, x.title, x.body) for i, x in enumerate(part)],
            )
            for number, query in enumerate(queries):
                hits.update(
                    (row[0], number)
                    for row in db.execute("SELECT rowid FROM t WHERE t MATCH ?", (query,))
                )
            db.close()
        return hits

    return run


def fts5_query(node: Node) -> str:
    if isinstance(node, Term):
        return scoped(node, fts5_term(node))
    if isinstance(node, Or):
        return "(" + " OR ".join(fts5_query(child) for child in node.children) + ")"
    if isinstance(node, And):
        required = " AND ".join(fts5_query(c) for c in node.children if not isinstance(c, Not))
        unwanted = [fts5_query(c.child) for c in node.children if isinstance(c, Not)]
        return f"(({required})" + "".join(f" NOT {word}" for word in unwanted) + ")"
    assert isinstance(node, Near)
    pairs = [
        f"NEAR({fts5_term(a)} {fts5_term(b)}, {node.words})"
        for a in terms(node.left)
        for b in terms(node.right)
    ]
    return "(" + " OR ".join(pairs) + ")"


def scoped(term: Term, text: str) -> str:
    return text if term.scope == "any" else f"{term.scope} : {text}"


def fts5_term(term: Term) -> str:
    variant = term.variants[0]
    return f'"{" ".join(variant.words)}"' + ("*" if variant.prefix else "")


def terms(node: Node) -> list[Term]:
    return [node] if isinstance(node, Term) else [c for c in node.children if isinstance(c, Term)] if isinstance(node, Or) else []  # fmt: skip


def tantivy(trees: Sequence[Node], batch: int) -> Peer:
    import tantivy as library

    builder = library.SchemaBuilder()
    for name in ("title", "body"):
        builder.add_text_field(name, stored=False)
    builder.add_integer_field("n", stored=True)
    schema = builder.build()
    queries = [tantivy_query(library, schema, tree) for tree in trees]

    def run(texts: Sequence[ArticleText]) -> Hits:
        hits: Hits = set()
        for first in range(0, len(texts), batch):
            index = library.Index(schema)
            writer = index.writer(15_000_000, 1)
            for position, text in enumerate(texts[first : first + batch]):
                writer.add_document(
                    library.Document(title=[text.title], body=[text.body], n=[first + position])
                )
            writer.commit()
            writer.wait_merging_threads()
            index.reload()
            searcher = index.searcher()
            for number, query in enumerate(queries):
                for _, address in searcher.search(query, batch, count=False).hits:
                    hits.add((searcher.doc(address)["n"][0], number))
        return hits

    return run


def tantivy_term(library: object, schema: object, node: Term) -> object:
    query, occur = library.Query, library.Occur  # type: ignore[attr-defined]
    fields = ("title", "body") if node.scope == "any" else (node.scope,)
    words, prefix = node.variants[0].words, node.variants[0].prefix
    word_queries = []
    for field in fields:
        if prefix and len(words) == 1:
            word_queries.append(query.regex_query(schema, field, words[0] + ".*"))
        elif len(words) == 1:
            word_queries.append(query.term_query(schema, field, words[0]))
        else:
            word_queries.append(query.phrase_query(schema, field, list(words)))
    return (
        word_queries[0]
        if len(word_queries) == 1
        else query.boolean_query([(occur.Should, field_query) for field_query in word_queries])
    )


def tantivy_query(library: object, schema: object, node: Node) -> object:
    query, occur = library.Query, library.Occur  # type: ignore[attr-defined]
    if isinstance(node, Term):
        return tantivy_term(library, schema, node)
    if isinstance(node, Near):
        pairs = [
            query.phrase_query(
                schema, field, [*a.variants[0].words, *b.variants[0].words], node.words
            )
            for a in terms(node.left)
            for b in terms(node.right)
            for field in ("title", "body")
        ]
        return query.boolean_query([(occur.Should, pair) for pair in pairs])
    if isinstance(node, Or):
        return query.boolean_query(
            [(occur.Should, tantivy_query(library, schema, c)) for c in node.children]
        )
    assert isinstance(node, And)
    return query.boolean_query([
        (occur.MustNot, tantivy_query(library, schema, c.child))
        if isinstance(c, Not)
        else (occur.Must, tantivy_query(library, schema, c))
        for c in node.children
    ])  # fmt: skip


def yara(trees: Sequence[Node], _batch: int) -> Peer:
    import yara as library

    compiled = library.compile(source="\n".join(yara_rule(n, tree) for n, tree in enumerate(trees)))

    def run(texts: Sequence[ArticleText]) -> Hits:
        hits: Hits = set()
        for number, text in enumerate(texts):
            data = f" {fold(text.title).hay} \n {fold(text.body).hay} ".encode()
            hits.update((number, int(match.rule[1:])) for match in compiled.match(data=data))
        return hits

    return run


def yara_rule(number: int, tree: Node) -> str:
    strings: dict[str, str] = {}
    condition = yara_condition(tree, strings)
    lines = "\n".join(f'    {name} = "{text}"' for text, name in strings.items())
    return f"rule r{number} {{ strings:\n{lines}\n condition: {condition} }}"


def yara_condition(node: Node, strings: dict[str, str]) -> str:
    if isinstance(node, Term):
        variant = node.variants[0]
        text = " " + " ".join(variant.words) + ("" if variant.prefix else " ")
        return strings.setdefault(text, f"$s{len(strings)}")
    if isinstance(node, Not):
        return f"not {yara_condition(node.child, strings)}"
    if isinstance(node, Near):
        return yara_near(node, strings)
    assert isinstance(node, And | Or)
    word = " and " if isinstance(node, And) else " or "
    return "(" + word.join(yara_condition(child, strings) for child in node.children) + ")"


def yara_near(node: Near, strings: dict[str, str]) -> str:
    """YARA knows distances in bytes only; a word and the blank after it are taken as six."""
    reach = 6 * (node.words + 1)
    pairs = [
        f"for any i in (1..#{a[1:]}) : ({b} in (@{a[1:]}[i]-{reach}..@{a[1:]}[i]+{reach}))"
        for a in (yara_condition(term, strings) for term in terms(node.left))
        for b in (yara_condition(term, strings) for term in terms(node.right))
    ]
    return "(" + " or ".join(pairs) + ")"


def regexes(trees: Sequence[Node], _batch: int) -> Peer:
    """What people write first: one compiled expression for each term, rule by rule."""
    compiled = [(tree, {t: expression(t) for t in all_terms(tree)}) for tree in trees]

    def run(texts: Sequence[ArticleText]) -> Hits:
        return {
            (n, m)
            for n, text in enumerate(texts)
            for m, (tree, table) in enumerate(compiled)
            if regex_holds(tree, text, table)
        }

    return run


def expression(term: Term) -> "re.Pattern[str]":
    variant = term.variants[0]
    if variant.cased:
        return re.compile(r"\b" + r"\W+".join(map(re.escape, variant.cased)) + r"\b")
    end = "" if variant.prefix else r"\b"
    return re.compile(r"\b" + r"\W+".join(map(re.escape, variant.words)) + end, re.IGNORECASE)


def all_terms(node: Node) -> list[Term]:
    if isinstance(node, Term):
        return [node]
    if isinstance(node, Not):
        return all_terms(node.child)
    inner = (node.left, node.right) if isinstance(node, Near) else node.children if isinstance(node, And | Or) else ()  # fmt: skip
    return [term for child in inner for term in all_terms(child)]


def regex_holds(node: Node, text: ArticleText, table: dict[Term, "re.Pattern[str]"]) -> bool:
    if isinstance(node, Term):
        fields = (text.title, text.body) if node.scope == "any" else (getattr(text, node.scope),)
        return any(table[node].search(field) for field in fields)
    if isinstance(node, Not):
        return not regex_holds(node.child, text, table)
    if isinstance(node, Or):
        return any(regex_holds(child, text, table) for child in node.children)
    if isinstance(node, And):
        return all(regex_holds(child, text, table) for child in node.children)
    assert isinstance(node, Near)  # the distance is not checked: only faster for that
    return regex_holds(node.left, text, table) and regex_holds(node.right, text, table)
