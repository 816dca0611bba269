"""Whether an application answers, asked as a client would ask."""

import http.client
import ssl

TIMEOUT_SECONDS = 4.0

# As a load balancer does with its targets: it matters that there is an answer, not who vouches for it.
_CONTEXT = ssl.create_default_context()
_CONTEXT.check_hostname = False
_CONTEXT.verify_mode = ssl.CERT_NONE


def answers(ip: str, port: int, path: str) -> bool:
    """Ask once.

    Args:
        ip: The address.
        port: The port.
        path: The path.

    Returns:
        Whether the answer was 200, in time.
    """
    connection = http.client.HTTPSConnection(ip, port, timeout=TIMEOUT_SECONDS, context=_CONTEXT)
    try:
        connection.request("GET", path, headers={"User-Agent": "health-check"})
        # The body is never read: it may be of any size.
        return connection.getresponse().status == http.client.OK
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()
