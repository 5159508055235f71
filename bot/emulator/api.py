"""The endpoints of LINE that the bot may call: the API host, and the data host beside it.

Each is a function of platform and call; the tables at the end give them their paths, names for whims, and rates.
"""

from __future__ import annotations

from collections.abc import Sequence

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.emulator import api_menus, ids
from bot.emulator.calls import FAST, Answer, Bytes, Call, Endpoint, Row
from bot.emulator.people import Group
from bot.emulator.platform import Platform
from bot.emulator.refusals import Refused, not_found

# --- sending ---------------------------------------------------------------------------------------------------------


def reply(line: Platform, call: Call) -> Answer:
    return line.sending.reply(call.body["replyToken"], call.body["messages"])


def _keyed(line: Platform, call: Call, answer: Answer) -> Answer:
    if isinstance(answer, dict):
        line.sending.remember(call.retry_key, call.request_id, answer)
    return answer


def push(line: Platform, call: Call) -> Answer:
    line.sending.refuse_twin(call.retry_key)
    return _keyed(line, call, line.sending.push(call.body["to"], call.body["messages"]))


def multicast(line: Platform, call: Call) -> Answer:
    line.sending.refuse_twin(call.retry_key)
    return _keyed(line, call, line.sending.multicast(call.body["to"], call.body["messages"]))


def broadcast(line: Platform, call: Call) -> Answer:
    line.sending.refuse_twin(call.retry_key)
    return _keyed(line, call, line.sending.broadcast(call.body["messages"]))


def validate(line: Platform, call: Call) -> Answer:
    return {}  # the limits were checked before


def quota(line: Platform, call: Call) -> Answer:
    limit = line.sending.quota
    return {"type": "none"} if limit is None else {"type": "limited", "value": limit}


def consumption(line: Platform, call: Call) -> Answer:
    return {"totalUsage": line.sending.used}


def loading(line: Platform, call: Call) -> Answer:
    person = line.world.people.get(call.body["chatId"])
    if person and person.known_to_bot():
        line.world.load(person.id, call.body.get("loadingSeconds", 20))
    return 202, {}


def mark_as_read(line: Platform, call: Call) -> Answer:
    bubble = line.world.by_token("read_token", call.body["markAsReadToken"])
    if not bubble:
        raise Refused(400, "Invalid markAsReadToken")
    line.world.mark_read([bubble.id], bubble.chat)
    return {}


# --- the account -----------------------------------------------------------------------------------------------------


def info(line: Platform, call: Call) -> Answer:
    return line.world.bot.told()


def webhook_get(line: Platform, call: Call) -> Answer:
    return {"endpoint": line.postman.url, "active": True}


def webhook_put(line: Platform, call: Call) -> Answer:
    line.postman.url = call.body["endpoint"]
    return {}


# --- people and groups -----------------------------------------------------------------------------------------------


def profile(line: Platform, call: Call) -> Answer:
    person = line.world.people.get(call.params["user"])
    if not person or not person.known_to_bot():
        raise not_found()
    return person.profile()


def _group(line: Platform, call: Call) -> Group:
    group = line.world.groups.get(call.params["group"])
    if not group or not group.bot_in:
        raise not_found()
    return group


def member(line: Platform, call: Call) -> Answer:
    group = _group(line, call)
    person = line.world.people.get(call.params["user"])
    if not person or person.id not in group.members:
        raise not_found()
    return {key: value for key, value in person.profile().items() if key != "language"}


def summary(line: Platform, call: Call) -> Answer:
    group = _group(line, call)
    return {"groupId": group.id, "groupName": group.name}


def count(line: Platform, call: Call) -> Answer:
    return {"count": len(_group(line, call).members)}


def leave(line: Platform, call: Call) -> Answer:
    group = _group(line, call)
    group.bot_in = False
    line.world.note(group.id, "leave")
    line.world.tell("group", group=group.shown())
    return {}


def link_token(line: Platform, call: Call) -> Answer:
    if call.params["user"] not in line.world.people:
        raise not_found()
    return {"linkToken": ids.token()}


# --- the data host ---------------------------------------------------------------------------------------------------


def content(line: Platform, call: Call) -> Answer:
    found = line.contents.fetch(call.params["message"])
    return Bytes(found.body, found.mime, name=found.name) if found else Bytes(b"", "application/octet-stream", 202)


def preview(line: Platform, call: Call) -> Answer:
    return Bytes(line.contents.preview(call.params["message"]), "image/jpeg")


def transcoding(line: Platform, call: Call) -> Answer:
    return {"status": line.contents.state(call.params["message"])}


# --- tables ----------------------------------------------------------------------------------------------------------

API: Sequence[Row] = (
    ("POST", "/message/reply", "reply", reply, FAST),
    ("POST", "/message/push", "push", push, FAST),
    ("POST", "/chat/loading/start", "loading", loading, 100.0),
    ("GET", "/profile/{user}", "profile", profile, FAST),
    ("POST", "/message/multicast", "multicast", multicast, 200.0),
    ("POST", "/message/broadcast", "broadcast", broadcast, 60.0),
    ("POST", "/message/validate/{way}", "validate", validate, FAST),
    ("GET", "/message/quota", "quota", quota, FAST),
    ("GET", "/message/quota/consumption", "quota", consumption, FAST),
    ("POST", "/chat/markAsRead", "read", mark_as_read, FAST),
    ("GET", "/info", "info", info, FAST),
    ("GET", "/channel/webhook/endpoint", "webhook_endpoint", webhook_get, FAST),
    ("PUT", "/channel/webhook/endpoint", "webhook_endpoint", webhook_put, FAST),
    ("GET", "/group/{group}/summary", "group", summary, FAST),
    ("GET", "/group/{group}/members/count", "group", count, FAST),
    ("GET", "/group/{group}/member/{user}", "member", member, FAST),
    ("POST", "/group/{group}/leave", "leave", leave, FAST),
    ("POST", "/user/{user}/linkToken", "link_token", link_token, FAST),
)
DATA: Sequence[Row] = (
    ("GET", "/message/{message}/content", "content", content, FAST),
    ("GET", "/message/{message}/content/preview", "content", preview, FAST),
    ("GET", "/message/{message}/content/transcoding", "content", transcoding, FAST),
)


def host(line: Platform, rows: Sequence[Row], more: Sequence[Route] = ()) -> Starlette:
    """One of LINE's two hosts as an app."""
    routes = [
        Route("/v2/bot" + path, Endpoint(line, name, act, pace), methods=[method])
        for method, path, name, act, pace in rows
    ]
    return Starlette(routes=[*more, *routes], exception_handlers={HTTPException: _no_such_thing})


def api_host(line: Platform) -> Starlette:
    async def test(request: Request) -> Response:
        return await _webhook_test(line, request)

    return host(line, (*API, *api_menus.API), [Route("/v2/bot/channel/webhook/test", test, methods=["POST"])])


def data_host(line: Platform) -> Starlette:
    return host(line, (*DATA, *api_menus.DATA))


async def _webhook_test(line: Platform, request: Request) -> Response:
    """LINE posts an empty webhook and tells what came back. Apart from the rest, since it waits for the bot."""
    from asyncio import to_thread

    if request.headers.get("authorization") != f"Bearer {line.access_token}":
        return JSONResponse({"message": "Authentication failed."}, 401)
    body = await request.json() if await request.body() else {}
    good, status, reason = await to_thread(line.postman.verify, body.get("endpoint") or line.postman.url)
    about = {"statusCode": status, "reason": reason.upper() or "OK", "detail": str(status or reason)}
    return JSONResponse({"success": good, "timestamp": _stamp(line), **about})


def _stamp(line: Platform) -> str:
    from datetime import UTC, datetime

    return datetime.fromtimestamp(line.now(), UTC).isoformat().replace("+00:00", "Z")


async def _no_such_thing(request: Request, problem: Exception) -> Response:
    status = problem.status_code if isinstance(problem, HTTPException) else 500
    return JSONResponse({"message": "Not found" if status == 404 else "Method not allowed"}, status)
