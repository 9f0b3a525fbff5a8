"""Serves saved pages and an RSS feed of them on loopback, one port per outlet, in a process of its own."""

import asyncio
import html
import json
import sys
from pathlib import Path


def read_pages(folder: Path, count: int) -> list[tuple[str, bytes]]:
    """(title, page) for each line of folder/index.jsonl with `file` and `title`; repeated up to `count`."""
    rows = [json.loads(line) for line in (folder / "index.jsonl").open(encoding="utf-8")]
    pages = [(row.get("title") or "Untitled", (folder / row["file"]).read_bytes()) for row in rows]
    return [marked(*pages[n % len(pages)], n) for n in range(count)]


def marked(title: str, page: bytes, number: int) -> tuple[str, bytes]:
    """A page told apart from its repeats by one more paragraph."""
    note = f"<p>This is copy number {number} of a page that is served more than once.</p></body>"
    return f"{title} ({number})", page.replace(b"</body>", note.encode(), 1)


class Pressroom:
    def __init__(self, folder: Path, count: int, outlets: int) -> None:
        self.pages = read_pages(folder, count)
        self.outlets = outlets
        self.ports: list[int] = []

    def feed(self, outlet: int) -> bytes:
        base = f"http://127.0.0.1:{self.ports[outlet]}"
        items = "".join(
            f"<item><title>{html.escape(self.pages[n][0])}</title><link>{base}/a/{n}</link><guid>{base}/a/{n}</guid></item>"
            for n in range(outlet, len(self.pages), self.outlets)
        )
        return f'<?xml version="1.0"?><rss version="2.0"><channel><title>Outlet {outlet}</title>{items}</channel></rss>'.encode()

    async def answer(
        self, outlet: int, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        try:
            while line := await reader.readline():
                while (await reader.readline()).strip():
                    pass
                path = line.split()[1].decode()
                status, body, kind = "200 OK", b"", "text/html; charset=utf-8"
                if path == "/feed.xml":
                    body, kind = self.feed(outlet), "application/rss+xml"
                elif path.startswith("/a/"):
                    body, kind = self.pages[int(path[3:])][1], "text/html"
                else:
                    status = "404 Not Found"
                head = f"HTTP/1.1 {status}\r\nContent-Type: {kind}\r\nContent-Length: {len(body)}\r\n\r\n"
                writer.write(head.encode() + body)
                await writer.drain()
        except ConnectionError:
            pass
        finally:
            writer.close()

    async def serve(self) -> None:
        for outlet in range(self.outlets):
            server = await asyncio.start_server(
                lambda r, w, outlet=outlet: self.answer(outlet, r, w), "127.0.0.1", 0
            )
            self.ports.append(server.sockets[0].getsockname()[1])
        print(json.dumps(self.ports), flush=True)
        await asyncio.get_running_loop().run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(Pressroom(Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])).serve())
