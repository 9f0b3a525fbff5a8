"""Just enough HTTP/1.1 for a bench: one GET after another on a kept connection."""

import asyncio


class KeptConnection(asyncio.Protocol):
    """Answers each request as it comes; what `answer` returns is a whole response."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        self.transport, self.waiting = transport, b""

    def data_received(self, data: bytes) -> None:
        self.waiting += data
        while b"\r\n\r\n" in self.waiting:
            request, _, self.waiting = self.waiting.partition(b"\r\n\r\n")
            self.transport.write(self.answer(request))

    def answer(self, request: bytes) -> bytes:
        raise NotImplementedError
