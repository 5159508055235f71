"""The door alone, as `serve --workers 0` runs it, but on any database: intake measured without a worker beside it."""

from __future__ import annotations

import uvicorn

from bot import house, log, settings, web


def main() -> None:
    chosen = settings.load()
    log.set_up()
    app = web.app(house.build(chosen), work=0, send=False)
    uvicorn.run(
        app,
        host=chosen.host,
        port=chosen.port,
        access_log=False,
        log_level="warning",
        server_header=False,
        date_header=False,
    )


if __name__ == "__main__":
    main()
