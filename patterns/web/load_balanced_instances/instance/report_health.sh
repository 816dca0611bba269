#!/bin/bash
# Runs the custom health check; the third failure in a row has the instance replaced. A timer runs it every 20 seconds.
set -euo pipefail

failures=${STATE_FOLDER:-/run}/web-instance-failures
if timeout 10 bash -c "$HEALTH_CHECK"; then
  rm --force "$failures"
  exit 0
fi
count=$(($(cat "$failures" 2>/dev/null || echo 0) + 1))
echo "$count" >"$failures"
if ((count < 3)); then
  exit 0
fi
token=$(curl --silent --fail --max-time 2 --request PUT \
  --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
instance=$(curl --silent --fail --max-time 2 --header "X-aws-ec2-metadata-token: $token" \
  http://169.254.169.254/latest/meta-data/instance-id)
aws autoscaling set-instance-health --health-status Unhealthy --instance-id "$instance"
