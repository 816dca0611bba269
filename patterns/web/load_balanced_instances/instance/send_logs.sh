#!/bin/bash
# Sends the logs of an instance that is about to be terminated, then lets it go. A timer runs it every ten seconds.
set -euo pipefail

metadata() {
  curl --silent --fail --max-time 2 --header "X-aws-ec2-metadata-token: $token" \
    "http://169.254.169.254/latest/meta-data/$1"
}

token=$(curl --silent --fail --max-time 2 --request PUT \
  --header "X-aws-ec2-metadata-token-ttl-seconds: 60" http://169.254.169.254/latest/api/token)
state=$(metadata autoscaling/target-lifecycle-state || true)
if [[ "$state" != Terminated ]]; then
  exit 0
fi
sent=${STATE_FOLDER:-/run}/web-logs-sent
instance=$(metadata instance-id)
group=$(metadata tags/instance/aws:autoscaling:groupName)
# Once: if the group is gone already, completing fails until the time of the hook is up.
if [[ ! -e "$sent" ]]; then
  work=$(mktemp --directory)
  trap 'rm --recursive --force "$work"' EXIT
  journalctl --no-pager >"$work/journal.log"
  read -r -a paths <<<"$LOG_PATHS"
  # 1 is a file that was still written to: what there was is in the archive.
  tar --create --gzip --ignore-failed-read --file "$work/logs.tar.gz" "$work/journal.log" "${paths[@]}" || [[ $? -eq 1 ]]
  aws s3 cp --only-show-errors "$work/logs.tar.gz" "s3://$LOG_BUCKET/$instance/$(date --utc +%Y%m%dT%H%M%SZ).tar.gz"
  touch "$sent"
fi
aws autoscaling complete-lifecycle-action --lifecycle-action-result CONTINUE --instance-id "$instance" \
  --auto-scaling-group-name "$group" --lifecycle-hook-name "$LIFECYCLE_HOOK"
