"""Computes to which endpoints AWS Global Accelerator sends the flows of a client, as a template says."""

from patternkit.testing.accelerator_flows.accelerator import Accelerator, Endpoint, EndpointGroup, Flow, Listener
from patternkit.testing.accelerator_flows.errors import AcceleratorError
from patternkit.testing.accelerator_flows.placement import NOWHERE, Placement, Share
from patternkit.testing.accelerator_flows.reading import accelerator_flows

__all__ = [
    "NOWHERE",
    "Accelerator",
    "AcceleratorError",
    "Endpoint",
    "EndpointGroup",
    "Flow",
    "Listener",
    "Placement",
    "Share",
    "accelerator_flows",
]
