"""The configuration of Envoy as a forward proxy: to listed destinations, for listed clients, and nothing else."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Annotated, Any

from annotated_types import Interval, Len, Unit

from patterns.building_blocks.bounds import Known, Matches

_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
Host = Annotated[
    str,
    Matches(rf"(?=.{{1,253}}$)(\*\.)?{_LABEL}(\.{_LABEL})+", "lower-case names, *.NAME, or addresses"),
    Known("the proxy's configuration"),
]
"""A host that the proxy may connect to."""
Port = Annotated[int, Interval(ge=1, le=65535), Known("the rules of security groups")]
"""A TCP port."""

_TYPE = "type.googleapis.com/envoy.extensions"
_HTTP = f"{_TYPE}.filters.network.http_connection_manager.v3.HttpConnectionManager"
_DNS_CACHE = {
    "name": "destinations",
    # No route of the proxy leads to an IPv6 address.
    "dns_lookup_family": "V4_ONLY",
    "typed_dns_resolver_config": {
        "name": "envoy.network.dns_resolver.cares",
        "typed_config": {"@type": f"{_TYPE}.network.dns_resolver.cares.v3.CaresDnsResolverConfig"},
    },
}
# A network load balancer forgets a connection that is idle for 350 seconds: the proxy ends it before that.
_IDLE = "340s"


@dataclass(frozen=True, slots=True, kw_only=True)
class ProxyDestination:
    """What clients may connect to through the proxy.

    Attributes:
        host: Its name, as clients write it; all hosts below a name, as `*.example.com`; or an IPv4 address.
        ports: The ports that it is called on. Default: 443.
    """

    host: Host
    ports: Annotated[Sequence[Port], Len(1, 10), Unit("ports")] = (443,)

    def authorities(self) -> list[str]:
        """What a client's request names: the host with its port, and the host alone, which means port 80."""
        return [name for port in self.ports for name in ([self.host] if port == 80 else []) + [f"{self.host}:{port}"]]


def proxy_configuration(
    *,
    destinations: Iterable[ProxyDestination],
    clients: Iterable[IPv4Network],
    port: int,
    health_port: int,
    access_log: str,
    address: str = "0.0.0.0",
) -> str:
    """Write the configuration of the proxy.

    Args:
        destinations: Where it leads. Requests for anything else are answered 403.
        clients: The ranges that it serves. Requests of anybody else are answered 403.
        port: Where clients' requests come in, behind a load balancer that tells by the PROXY protocol whose they are.
        health_port: Where the load balancer asks whether it is there.
        access_log: The file that each request is logged to.
        address: Where it listens. Default: on every address.

    Returns:
        JSON, as `envoy --config-path` takes it. It has no administration interface.
    """
    allowed = [name for each in destinations for name in each.authorities()]
    ranges = [{"remote_ip": {"address_prefix": str(one[0]), "prefix_len": one.prefixlen}} for one in clients]
    document = {
        "static_resources": {
            "listeners": [
                _listener("requests", address, port, _requests(allowed, ranges, access_log), proxied=True),
                _listener("health", address, health_port, _health(), proxied=False),
            ],
            "clusters": [
                {
                    "name": "destinations",
                    "connect_timeout": "5s",
                    "lb_policy": "CLUSTER_PROVIDED",
                    "cluster_type": {
                        "name": "envoy.clusters.dynamic_forward_proxy",
                        "typed_config": {
                            "@type": f"{_TYPE}.clusters.dynamic_forward_proxy.v3.ClusterConfig",
                            "dns_cache_config": _DNS_CACHE,
                        },
                    },
                }
            ],
        },
        "overload_manager": {
            "resource_monitors": [
                {
                    "name": "envoy.resource_monitors.global_downstream_max_connections",
                    "typed_config": {
                        "@type": f"{_TYPE}.resource_monitors.downstream_connections.v3.DownstreamConnectionsConfig",
                        "max_active_downstream_connections": 20000,
                    },
                }
            ]
        },
    }
    return json.dumps(document, separators=(",", ":"))


def _listener(name: str, address: str, port: int, manager: dict[str, Any], *, proxied: bool) -> dict[str, Any]:
    # The load balancer puts the header before its health checks, too; by hand one asks without it.
    protocol: dict[str, Any] = {"@type": f"{_TYPE}.filters.listener.proxy_protocol.v3.ProxyProtocol"}
    if not proxied:
        protocol["allow_requests_without_proxy_protocol"] = True
    return {
        "name": name,
        "address": {"socket_address": {"address": address, "port_value": port}},
        "per_connection_buffer_limit_bytes": 65536,
        "listener_filters": [{"name": "envoy.filters.listener.proxy_protocol", "typed_config": protocol}],
        "filter_chains": [{"filters": [{"name": "envoy.http_connection_manager", "typed_config": manager}]}],
    }


def _requests(allowed: list[str], ranges: list[dict[str, Any]], access_log: str) -> dict[str, Any]:
    to_destination = {"cluster": "destinations", "timeout": "0s", "idle_timeout": _IDLE}
    tunnel = to_destination | {"upgrade_configs": [{"upgrade_type": "CONNECT", "connect_config": {}}]}
    hosts: list[dict[str, Any]] = [
        {
            "name": "allowed",
            "domains": allowed,
            "routes": [
                {"match": {"connect_matcher": {}}, "route": tunnel},
                {"match": {"prefix": "/"}, "route": to_destination},
            ],
        },
        {"name": "refused", "domains": ["*"], "routes": [_answer(403, {"connect_matcher": {}}), _answer(403)]},
    ]
    filters: list[dict[str, Any]] = [
        {
            "name": "envoy.filters.http.rbac",
            "typed_config": {
                "@type": f"{_TYPE}.filters.http.rbac.v3.RBAC",
                "rules": {
                    "action": "ALLOW",
                    "policies": {"clients": {"permissions": [{"any": True}], "principals": ranges}},
                },
            },
        },
        {
            "name": "envoy.filters.http.dynamic_forward_proxy",
            "typed_config": {
                "@type": f"{_TYPE}.filters.http.dynamic_forward_proxy.v3.FilterConfig",
                "dns_cache_config": _DNS_CACHE,
            },
        },
    ]
    log = {
        "name": "envoy.access_loggers.file",
        "typed_config": {
            "@type": f"{_TYPE}.access_loggers.file.v3.FileAccessLog",
            "path": access_log,
            "log_format": {
                "json_format": {
                    "time": "%START_TIME%",
                    "client": "%DOWNSTREAM_REMOTE_ADDRESS_WITHOUT_PORT%",
                    "method": "%REQ(:METHOD)%",
                    "destination": "%REQ(:AUTHORITY)%",
                    "address": "%UPSTREAM_HOST%",
                    "status": "%RESPONSE_CODE%",
                    "why": "%RESPONSE_CODE_DETAILS%",
                    "sent": "%BYTES_RECEIVED%",
                    "received": "%BYTES_SENT%",
                    "milliseconds": "%DURATION%",
                }
            },
        },
    }
    return _manager("requests", hosts, filters) | {
        "access_log": [log],
        "upgrade_configs": [{"upgrade_type": "CONNECT"}],
        # Whose connection it is, the PROXY protocol says, and no header of the client's.
        "use_remote_address": True,
        "skip_xff_append": True,
        "request_headers_timeout": "10s",
        "common_http_protocol_options": {"idle_timeout": _IDLE},
        "stream_idle_timeout": _IDLE,
    }


def _health() -> dict[str, Any]:
    hosts = [{"name": "health", "domains": ["*"], "routes": [_answer(200)]}]
    return _manager("health", hosts, [])


def _manager(name: str, hosts: list[dict[str, Any]], filters: list[dict[str, Any]]) -> dict[str, Any]:
    router = {"name": "envoy.router", "typed_config": {"@type": f"{_TYPE}.filters.http.router.v3.Router"}}
    return {
        "@type": _HTTP,
        "stat_prefix": name,
        "codec_type": "HTTP1",
        "route_config": {"virtual_hosts": hosts},
        "http_filters": [*filters, router],
    }


def _answer(status: int, match: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"match": match or {"prefix": "/"}, "direct_response": {"status": status}}
