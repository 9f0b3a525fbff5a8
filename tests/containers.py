"""The commands of compose.yaml, to be run outside containers."""

import sys
from pathlib import Path
from typing import Any

import yaml

BIN = Path(sys.executable).parent
COMPOSE = Path(__file__).parents[1] / "compose.yaml"


def services() -> dict[str, dict[str, Any]]:
    output: dict[str, dict[str, Any]] = yaml.safe_load(COMPOSE.read_text("utf-8"))["services"]
    return output


def command(service: str) -> list[str]:
    """As the service starts, with this environment's programs, and on loopback alone."""
    words = str(services()[service]["command"]).replace("0.0.0.0", "127.0.0.1").split()
    program, *arguments = words[1:] if words[1] == "prefect" else ["pollwatch", *words[1:]]
    return [str(BIN / program), *arguments]
