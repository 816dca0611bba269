"""Words that an argument may plausibly be given, chosen by what its docstring says."""

import re
from datetime import UTC, datetime, timedelta

_QUOTED = re.compile(r'"([^"]+)"')
_SOON = f"{datetime.now(tz=UTC).date() + timedelta(days=90)}"
_DOTTED = re.compile(r"\b\d+\.\d+\.\d+\.\d+/\d+")

_KINDS = (
    (r"name servers", ["192.168.0.2", "192.168.0.3", "172.16.0.2"]),
    (r"public IPv4 address", ["198.51.100.1", "198.51.100.2", "203.0.113.9", "10.0.0.1", "300.1.1.1"]),
    (r"\brange|CIDR|[Pp]refixes\.|reached at the site|announced", [
        "10.0.0.0/8", "10.1.0.0/16", "10.2.0.0/24", "10.0.77.0/24", "172.16.0.0/12", "192.168.7.0/24", "100.64.9.0/24",
        "100.64.3.0/23", "10.1.0.0/28", "8.8.8.0/24", "10.1.0.1/16", "fd00::/64", "0.0.0.0/0",
    ]),
    (r"announces by IPv6", ["2001:db8::/48", "fd00:1::/48", "2001:db8:1::/48", "fe80::/64", "10.0.0.0/8"]),
    (r"zones?, by name", ["eu-west-1a", "eu-west-1b", "eu-west-1c"]),
    (r"[Zz]one, such as|Outpost|route table, such as", [
        "us-west-2-lax-1b", "us-east-1-wl1-bos-wlz-2", "lgw-0fedcba9876543210", "lgw-rtb-0fedcba9876543210",
        "arn:aws:outposts:us-west-2:111122223333:outpost/op-0fedcba9876543210",
    ]),
    (r"[Dd]omain", ["example.com", ".example.com", "api.example.com", "EXAMPLE.com", "*.example.com", ".com."]),
    (r"Suricata", ['pass tcp $HOME_NET any -> $HOME_NET 443 (msg:"x"; sid:1; rev:1;)', "pass"]),
    (r"Accounts, or ARNs|[Aa]ccounts (of the organization|that may|whose (roles|VPCs))", [
        "444455556666", "111122223333", "arn:aws:organizations::111122223333:organization/o-abcdefghij", "everyone",
    ]),
    (r"API key .* expires", [_SOON, "2027-02-30", "30.6.2027"]),
    (r"[Oo]ther Regions|The Region of", ["eu-central-1", "us-east-1", "eu-nowhere-9"]),
    (r"Media type", ["application/json", "application/vnd.x+json", "text/plain", "TEXT/plain", "json"]),
    (r"method\.request", ["method.request.header.X-Id", "method.request.querystring.id", "header.X", "Kind", "aws.x"]),
    (r"Environment variable", ["LOG_LEVEL", "TABLE", "AWS_REGION", "_HANDLER", "A", "1A", "a-b", "WIDTHS"]),
    (r"JSON Schema", ["type", "properties", "$ref", "object"]),
    (r"module\.function", ["index.handler", "package.index.handler", "index", "a b.c"]),
    (r"[Kk]eys|prefix", ["images/", ".jpg", "a", "ü", "a*", "a,b"]),
    (r"stack, beginning with a capital|what the site is called|by its name", [
        "Thumbnails", "Mail", "Headquarters", "Branch-2", "lower", "A_b",
    ]),
    (r"backend answers", ["https://a.example.com:8443/v1", "http://a.example.com", "a.example.com", "https://a/?b"]),
    (r"header", ["X-Origin", "X-Tenant", "Host", "a b"]),
    (r"token must allow", ["orders/write", "a b"]),
    (r"connection that is there", ["dxcon-0123abcd", "dxlag-0123abcd"]),
    (r"Direct Connect|existing gateway", ["tgw-0123456789abcdef0"]),
)  # fmt: skip


def words(meaning: str) -> list[str]:
    """Choose words for an argument of which the docstring says `meaning`."""
    found = [*_QUOTED.findall(meaning), *_DOTTED.findall(meaning)]
    for says, kind in _KINDS:
        if re.search(says, meaning):
            found += kind
    return list(dict.fromkeys(found or ["name", "Other-name", "two words"]))
