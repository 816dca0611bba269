"""The keys of user pools are read from this server also when it speaks TLS.

ministack reads them by HTTP whatever it serves, and so takes no token of its own pools at an API of Amazon API Gateway.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from types import ModuleType
from typing import Any


def read_by_tls(gateway: ModuleType) -> None:
    """Have the keys of a pool looked up by TLS, where this server speaks it.

    Args:
        gateway: ministack's module of HTTP APIs, whose function REST APIs use as well.
    """
    module = vars(gateway)
    resolve = module["_resolve_jwks_url"]
    own = f"http://{module['_HOST']}:{module['_PORT']}/"

    async def resolved(authorizer: Mapping[str, Any]) -> str | None:
        url: str | None = await resolve(authorizer)
        if url is not None and os.environ.get("USE_SSL") == "1" and url.startswith(own):
            return f"https{url.removeprefix('http')}"
        return url

    module["_resolve_jwks_url"] = resolved
