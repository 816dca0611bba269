#!/bin/bash
# Completes the launch hook once the application is installed, at each start: when the instance enters the warm pool, and
# when it leaves it. A timer runs it every ten seconds.
set -euo pipefail

state=${STATE_FOLDER:-/var/lib}
launched=${RUN_FOLDER:-/run}/web-launched
if [[ ! -e "$state/web-installed" || -e "$launched" ]]; then
  exit 0
fi
token=$(curl --silent --fail --max-time 2 --request PUT \
  --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
metadata() {
  curl --silent --fail --max-time 2 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}
instance=$(metadata instance-id)
group=$(metadata tags/instance/aws:autoscaling:groupName)
# An instance that no hook holds is refused; after a quarter of an hour there is none to come.
if aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --instance-id "$instance" \
  --auto-scaling-group-name "$group" --lifecycle-hook-name "$LAUNCH_HOOK" ||
  (($(cut --delimiter=. --fields=1 "${UPTIME:-/proc/uptime}") > 900)); then
  touch "$launched"
fi
