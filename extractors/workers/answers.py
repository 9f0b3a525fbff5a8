"""Answers of worker processes, read without trusting what wrote them."""

import io
import pickle

from extractors.workers.errors import Cause, WorkerCrashed

_PLAIN = {("datetime", "datetime"), ("datetime", "timedelta"), ("datetime", "timezone")}
_PLAIN |= {("builtins", "set"), ("builtins", "frozenset"), ("builtins", "bytearray")}


class _Nouns(pickle.Unpickler):
    """Reads plain values and the classes of `model`, and refuses to look up anything else."""

    def find_class(self, module: str, name: str) -> object:
        answer_class = super().find_class(module, name) if self._is_allowed(module, name) else None
        if not isinstance(answer_class, type):
            raise pickle.UnpicklingError(f"{module}.{name} is not a type that an answer may hold")
        return answer_class

    @staticmethod
    def _is_allowed(module: str, name: str) -> bool:
        return (module, name) in _PLAIN or (module.startswith("model.") and name.isidentifier())


def load_answer(answer: bytes | bytearray) -> object:
    """The value that a worker sent. Raises `WorkerCrashed` for anything but our nouns."""
    try:
        value: object = _Nouns(io.BytesIO(answer)).load()
    except (
        pickle.UnpicklingError,
        EOFError,
        LookupError,
        TypeError,
        ValueError,
        AttributeError,
        ImportError,
    ) as exc:
        why = f"the worker's answer is unreadable: {exc}"
        raise WorkerCrashed(Cause.ANSWER, why) from exc
    return value
