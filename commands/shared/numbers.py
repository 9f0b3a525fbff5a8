"""Values of options that click alone would let pass: infinities, and networks that are none."""

import ipaddress
import math
from typing import Any

import click


class Finite(click.FloatRange):
    """A number within bounds; "inf" and "nan" are none."""

    def convert(
        self, value: Any, param: click.Parameter | None, ctx: click.Context | None
    ) -> float:
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{value} is not a number that can be counted to.", param, ctx)
        return number


class NetworkParam(click.ParamType[str]):
    """A network such as 10.0.0.0/8, or one address."""

    name = "network"

    def convert(self, value: str, param: click.Parameter | None, ctx: click.Context | None) -> str:
        try:
            ipaddress.ip_network(value)
        except ValueError as error:
            self.fail(f"{error}.", param, ctx)
        return value
