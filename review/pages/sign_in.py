"""Coming in and going out."""

import asyncio
import sqlite3

from datasette.app import Datasette
from datasette.utils.asgi import Request, Response

from review import database, state
from review.auth import team_file
from review.auth.sessions import COOKIE, DEVICE_COOKIE, seconds_now
from review.auth.team_file import Person
from review.pages import responses
from review.render import safe_links

DEVICE_SECONDS = 180 * 24 * 3600
HASHING = asyncio.Semaphore(2)  # each check takes 32 MB and a tenth of a second


async def sign_in_page(ds: Datasette, request: Request) -> Response:
    if request.method == "POST":
        return await _try(ds, request)
    if request.actor:
        return Response.redirect("/-/queue", status=303)
    target = safe_links.inside(request.args.get("next"), "/-/queue")
    return await _form(ds, request, error="", name="", target=target, status=200)


async def _try(ds: Datasette, request: Request) -> Response:
    room = state.of(ds)
    posted = await responses.form(request)
    name, address = posted.get("name", "")[:200], str(request.scope["client_address"])
    target = safe_links.inside(posted.get("next"), "/-/queue")
    device = room.sessions.nonce(request.cookies.get(DEVICE_COOKIE, ""), name)
    wait = room.sign_in_limit.wait(name, address, seconds_now(), device)
    if wait:
        text = f"Too many tries. Wait {-(-wait // 60)} min."
        response = await _form(ds, request, error=text, name=name, target=target, status=429)
        response.headers["retry-after"] = str(wait)
        return response
    person = room.team.people.get(name)
    stored = person.password if person and person.password else team_file.HASH_OF_NOBODY
    room.sign_in_limit.fail(
        name, address, seconds_now(), device
    )  # counted first, so that parallel guesses count too
    async with HASHING:
        fits = await asyncio.to_thread(
            team_file.password_fits, posted.get("password", "")[:1000], stored
        )
    if person is None or not person.password or not fits:
        text = "That name and password do not go together."
        return await _form(ds, request, error=text, name=name, target=target, status=403)
    room.sign_in_limit.forgive(name, address, device)
    return _welcome(ds, person, target)


async def _form(
    ds: Datasette, request: Request, *, error: str, name: str, target: str, status: int
) -> Response:
    context = {"solo": state.of(ds).team.solo, "error": error, "name": name, "next": target}
    return await responses.page(ds, request, "sign_in.html", context, status=status)


def _welcome(ds: Datasette, person: Person, target: str) -> Response:
    room = state.of(ds)
    response = Response.redirect(target, status=303)
    response.set_cookie(
        COOKIE, room.sessions.start(person, seconds_now()), max_age=int(room.team.session_hours * 3600),
        httponly=True, samesite="lax", secure=room.team.tls,
    )  # fmt: skip
    response.set_cookie(
        DEVICE_COOKIE, room.sessions.device(person), max_age=DEVICE_SECONDS,
        path="/-/sign-in", httponly=True, samesite="lax", secure=room.team.tls,
    )  # fmt: skip
    return response


async def link(ds: Datasette, request: Request) -> Response:
    """The one-time link that the server prints. A HEAD, as previews of links send, spends nothing."""
    if request.method == "HEAD":
        return Response.html("")
    person = state.of(ds).sessions.redeem(request.args.get("token") or "")
    if person is None:
        text = "This link was used already, or is from an earlier start. The sign-in page can ask for a new one."
        return await responses.message_page(
            ds, request, "The link is spent", text, status=403, back="/-/sign-in"
        )
    return _welcome(ds, person, "/-/queue")


async def again(ds: Datasette, request: Request) -> Response:
    """Prints a new one-time link where the server runs; whoever asks learns nothing of it."""
    room = state.of(ds)
    if request.method == "POST" and room.team.solo and seconds_now() - room.asked_again_at > 10:
        room.asked_again_at = seconds_now()
        room.greet_again()
    text = "A new link stands in the terminal in which pollwatch review runs."
    return await responses.message_page(
        ds, request, "Look there", text, status=200, back="/-/sign-in"
    )


async def sign_out(ds: Datasette, request: Request) -> Response:
    responses.reader(request)
    if request.method != "POST":
        return await responses.message_page(
            ds, request, "Sign out", "Use the button in the menu.", status=405
        )
    ended = state.of(ds).sessions.end(request.cookies.get(COOKIE, ""))
    if ended is not None:
        await database.write_if_writable(ds, lambda connection: _keep_ended(connection, *ended))
    response = Response.redirect("/-/sign-in", status=303)
    response.set_cookie(COOKIE, "", expires=0, max_age=0)
    return response


def _keep_ended(connection: sqlite3.Connection, key: str, until: float) -> None:
    connection.execute("DELETE FROM ended_sessions WHERE until < :now", {"now": seconds_now()})
    connection.execute(
        "INSERT INTO ended_sessions (key, until) VALUES (:key, :until) ON CONFLICT DO NOTHING",
        {"key": key, "until": until},
    )
