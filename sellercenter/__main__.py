"""Serve the product: `python -m sellercenter [PORT]`, on loopback; a proxy in front adds TLS."""

import os
import sys

import uvicorn


def main(port: int) -> None:
    """Run the one application process until a signal ends it."""
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
