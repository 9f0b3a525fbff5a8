"""Which certificates are trusted. libcurl reads neither SSL_CERT_FILE nor the system's own place."""

import os
from collections.abc import Mapping
from pathlib import Path

import certifi

# Where systems keep them: Debian, Alpine and macOS, Fedora, SUSE.
_SYSTEM_FILES = (
    "/etc/ssl/certs/ca-certificates.crt",
    "/etc/ssl/cert.pem",
    "/etc/pki/ca-trust/extracted/pem/tls-ca-bundle.pem",
    "/etc/pki/tls/certs/ca-bundle.crt",
    "/etc/ssl/ca-bundle.pem",
)


def trusted_roots(environ: Mapping[str, str] = os.environ) -> str:
    """The file of trusted certificates: SSL_CERT_FILE, else the system's, else certifi's.

    What SSL_CERT_FILE names is taken as it is: where it cannot be read, every TLS connection fails
    and says so, instead of trusting others than those that were asked for.
    """
    if bundle := environ.get("SSL_CERT_FILE"):
        return bundle
    return next((path for path in _SYSTEM_FILES if _holds_any(Path(path))), certifi.where())


def _holds_any(path: Path) -> bool:
    try:
        return path.stat().st_size > 0 and os.access(path, os.R_OK)
    except OSError:
        return False
