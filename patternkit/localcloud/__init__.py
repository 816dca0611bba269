"""An embedded AWS to deploy to, on this machine.

It runs ministack in a process of its own, deploys any CDK assembly there through CloudFormation, and says what
running it there does not show:

- what it has no resource type for is refused before anything is deployed (`support`);
- what its CloudFormation drops is found by watching which properties its resource handlers look up (`embedded`),
  set through the services' own APIs where they have it (`repairs`), and otherwise reported (`report`);
- what is kept there and never acted upon is listed by hand, which no watching can find (`effects`).
"""

from patternkit.errors import require

require("local", "the local cloud")

from patternkit.localcloud.addresses import Address
from patternkit.localcloud.app import Outcome
from patternkit.localcloud.cloud import LocalCloud
from patternkit.localcloud.deployment import DeployedResource, Deployment
from patternkit.localcloud.errors import (
    DeadlinePassed,
    DeploymentFailed,
    LocalCloudError,
    StartFailed,
    Unsupported,
)
from patternkit.localcloud.progress import OnProgress, Progress
from patternkit.localcloud.report import Finding, Report

__all__ = [
    "Address",
    "DeadlinePassed",
    "DeployedResource",
    "Deployment",
    "DeploymentFailed",
    "Finding",
    "LocalCloud",
    "LocalCloudError",
    "OnProgress",
    "Outcome",
    "Progress",
    "Report",
    "StartFailed",
    "Unsupported",
]
