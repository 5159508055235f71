"""The baseline: the smallest FastAPI + line-bot-sdk webhook. `parse` only reads the webhook; `reply` also answers it.

Started as `python -m tests.bench.echo parse|reply PORT LINE_BASE`. It stores nothing and knows nobody: what a house
that keeps every event is measured against.
"""

from __future__ import annotations

import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import uvicorn
from fastapi import FastAPI, Request
from linebot.v3.messaging import AsyncApiClient, AsyncMessagingApi, Configuration, ReplyMessageRequest, TextMessage
from linebot.v3.webhook import WebhookParser

SECRET = "bench-secret"


def build(form: str, line_base: str) -> FastAPI:
    parser = WebhookParser(SECRET)
    shared: dict[str, AsyncMessagingApi] = {}

    @asynccontextmanager
    async def life(_: FastAPI) -> AsyncIterator[None]:
        async with AsyncApiClient(Configuration(access_token="bench", host=line_base)) as client:
            shared["api"] = AsyncMessagingApi(client)
            yield

    app = FastAPI(lifespan=life)

    @app.post("/line/webhook")
    async def webhook(request: Request) -> str:
        events = parser.parse((await request.body()).decode(), request.headers["x-line-signature"])
        if form == "reply":
            for event in events:
                token = getattr(event, "reply_token", None)
                if token:
                    answer = TextMessage(text=getattr(getattr(event, "message", None), "text", "ok") or "ok")
                    await shared["api"].reply_message(ReplyMessageRequest(replyToken=token, messages=[answer]))
        return "OK"

    return app


if __name__ == "__main__":
    form, port, line_base = sys.argv[1:4]
    uvicorn.run(build(form, line_base), host="127.0.0.1", port=int(port), log_level="warning", access_log=False)
