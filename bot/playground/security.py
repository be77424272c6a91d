"""Lets only the page itself, on this machine, talk to its server. The page may load nothing from elsewhere."""

from __future__ import annotations

from aiohttp import hdrs, web
from aiohttp.typedefs import Handler, Middleware

from bot.playground.refusal import RefusedError

OWN_HEADER = "X-Playground"
"""Sent with every POST of the page. A form or link on another site cannot set it."""

HEADERS = {
    "Content-Security-Policy": "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def own_hosts(port: int) -> frozenset[str]:
    """Return the Host values under which the page is served: any other is a name that someone pointed at this machine."""
    return frozenset((f"127.0.0.1:{port}", f"localhost:{port}"))


async def add_headers(_request: web.Request, response: web.StreamResponse) -> None:
    """Set the security headers on every response, streams and errors included."""
    response.headers.update(HEADERS)
    response.headers.popall(hdrs.SERVER, None)


def guard(port: int) -> Middleware:
    """Return a middleware that refuses what does not come from the page, and answers every refusal as JSON."""
    hosts = own_hosts(port)

    @web.middleware
    async def check(request: web.Request, handler: Handler) -> web.StreamResponse:
        try:
            _check(request, hosts)
            return await handler(request)
        except RefusedError as refused:
            return web.json_response({"error": refused.sentence}, status=refused.status)
        except web.HTTPRequestEntityTooLarge:
            return web.json_response({"error": "That is too much text at once."}, status=413)
        except web.HTTPException as error:
            sentence = "There is nothing at this address." if error.status == 404 else f"{error.reason}."
            return web.json_response({"error": sentence}, status=error.status)

    return check


def _check(request: web.Request, hosts: frozenset[str]) -> None:
    host = request.headers.get(hdrs.HOST, "")
    if host not in hosts:
        raise RefusedError("The playground answers only at its own address on this machine.", 403)
    origins = request.headers.getall(hdrs.ORIGIN, [])
    if any(origin != f"http://{host}" for origin in origins):
        raise RefusedError("The playground answers only its own page.", 403)
    if not request.path.startswith("/api/"):
        return
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise RefusedError("The playground answers only its own page.", 403)
    if request.method == "POST":
        if request.headers.get(OWN_HEADER) != "1":
            raise RefusedError(f"The playground answers only its own page (header {OWN_HEADER} is missing).", 403)
        if request.content_type != "application/json":
            raise RefusedError("The playground expects JSON.", 415)
