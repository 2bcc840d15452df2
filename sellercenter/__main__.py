"""Serve the product: `python -m sellercenter [PORT]`, on loopback; a proxy in front adds TLS."""

import logging
import os
import sys

import uvicorn


def brief(record: logging.LogRecord) -> bool:
    """Leave out the stack where only a client did wrong; anybody could fill the log with it."""
    if str(record.msg).startswith("Invalid UTF-8"):
        record.exc_info = record.exc_text = None
    return True


def main(port: int) -> None:
    """Run the one application process until a signal ends it."""
    logging.getLogger("uvicorn.error").addFilter(brief)
    uvicorn.run(
        "sellercenter.asgi:application",
        host="127.0.0.1",
        port=port,
        loop="uvloop",
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,  # 22 KB less for every idle connection
        ws_max_size=65536,
        access_log=False,
        log_level="warning",
        timeout_graceful_shutdown=10,
    )


if __name__ == "__main__":
    main(int(sys.argv[1] if sys.argv[1:] else os.environ.get("PORT", "8000")))
