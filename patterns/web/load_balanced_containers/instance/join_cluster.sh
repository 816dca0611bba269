#!/bin/bash
# Joins the cluster: the Amazon ECS agent reads this file when it starts, which systemd does after cloud-init.
set -euo pipefail

cat >>"${AGENT_CONFIGURATION:-/etc/ecs/ecs.config}" <<CONFIGURATION
ECS_CLUSTER=$CLUSTER
ECS_DISABLE_PRIVILEGED=true
ECS_ENABLE_CONTAINER_METADATA=true
ECS_RESERVED_MEMORY=256
CONFIGURATION
