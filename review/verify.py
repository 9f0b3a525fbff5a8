"""Checks an evidence bundle of Pollwatch. Run it in the bundle's folder: python3 verify.py [folder]

Exit 0: everything that could be checked holds. 1: something does not. It says what it could not check.
"""

import base64
import hashlib
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Optional, Tuple  # Python 3.9 must run this  # noqa: UP035

SIGNED = ("manifest.json", "manifest.sig", "public-key.pem")  # what the manifest itself cannot list
CheckResult = Tuple[Optional[bool], str]  # noqa: UP006, UP045


def hashes(folder: Path) -> Iterator[CheckResult]:
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    for name, listed_digest in manifest["files"].items():
        path = folder / name
        digest = hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else "missing"
        yield (
            digest == listed_digest,
            f"{name}: SHA-256 {'as listed' if digest == listed_digest else digest}",
        )
    for path in sorted(folder.iterdir()):
        if path.name not in manifest["files"] and path.name not in SIGNED:
            yield None, f"{path.name}: no part of this bundle; nothing vouches for it"


def text(folder: Path) -> Iterator[CheckResult]:
    evidence = json.loads((folder / "evidence.json").read_text(encoding="utf-8"))
    path = folder / "text.txt"
    if not path.is_file():
        yield (
            None,
            "text.txt: not in the bundle (removed by the retention rule); offsets cannot be checked",
        )
        return
    content = path.read_bytes()
    same = hashlib.sha256(content).hexdigest() == evidence["text_sha256"]
    if same:
        yield True, "text.txt: is the text that matched"
    elif (folder / "redacted.json").is_file():
        yield (
            None,
            "text.txt: redacted, so its hash cannot be compared; the original's is "
            + evidence["text_sha256"],
        )
    elif evidence.get("entry_id") is not None:
        yield None, "text.txt: what a feed said; its hash is over title, summary and content apart"
    else:
        yield False, "text.txt: is NOT the text that matched"
    title, *rest = content.decode("utf-8", "surrogatepass").split("\n\n", 2)
    fields = {"title": title, **dict(zip(("body", "summary"), rest, strict=False))}
    for term in json.loads(evidence["terms_json"]):
        if term["field"] in fields:
            passage = fields[term["field"]][term["start"] : term["end"]]
            covered = "\u2022" in passage
            yield (
                None if covered else passage == term["text"],
                f"{term['field']} {term['start']}-{term['end']}: {passage!r}",
            )


def signature(folder: Path) -> Iterator[CheckResult]:
    pem = (folder / "public-key.pem").read_text(encoding="ascii")
    der = base64.b64decode("".join(pem.splitlines()[1:-1]))
    yield None, f"public key: SHA-256 fingerprint {hashlib.sha256(der).hexdigest()}; ask its owner"
    try:
        from cryptography.exceptions import InvalidSignature
        from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    except ImportError:
        yield None, "signature: NOT checked, for want of the package cryptography"
        return
    signed = base64.b64decode((folder / "manifest.sig").read_bytes())
    key = Ed25519PublicKey.from_public_bytes(der[-32:])
    try:
        key.verify(signed, (folder / "manifest.json").read_bytes())
    except InvalidSignature:
        yield False, "signature: does NOT fit the public key"
        return
    yield True, "signature: fits the public key"


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else Path(__file__).parent
    if not (folder / "manifest.json").is_file():
        sys.exit(f"no bundle at {folder}: unpack the zip, and name the folder that comes out of it")
    checks = [*hashes(folder), *text(folder), *signature(folder)]
    for good, sentence in checks:
        sign = "ok   " if good else "??   " if good is None else "WRONG"
        sys.stdout.write(f"{sign} {sentence}\n")
    sys.exit(1 if any(good is False for good, _ in checks) else 0)


if __name__ == "__main__":
    main()
