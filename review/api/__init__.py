"""The HTTP API for other programs: tokens, stories and verdicts, articles handed in, OpenAPI."""
