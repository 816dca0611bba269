"""A site that a hub reaches by IPv4 and by IPv6, by a VPN of its own for each, and what contracts say of it."""

from typing import Any

SITE, SITE6 = "Hub/SiteBerlin/Connection1", "Hub/SiteBerlinIpv6/Connection1"


def site_contracts() -> dict[str, Any]:
    """What its attachments are, what it announces, and that it leads nowhere else."""
    ways = {"SiteBerlin": SITE, "SiteBerlinIpv6": SITE6}
    return {
        "harmless": ["*Placement/Resource/Default"],
        "returns": {
            f"*/{name}/Attachment1Placement/Resource/Default": {"AttachmentId": {"attachment-of": way}}
            for name, way in ways.items()
        },
        "prefixes": {SITE: ["192.168.0.0/20"], SITE6: ["2001:db8::/48"]},
        "sites": {way: {"at": "Berlin", "passes-on": False, "sends": []} for way in ways.values()},
    }
