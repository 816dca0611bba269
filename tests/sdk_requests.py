"""Requests to AWS that a test answers itself, held to what the SDK would send."""

from functools import cache
from typing import Any

import botocore.session
from botocore import xform_name
from botocore.model import ServiceModel
from botocore.validate import ParamValidator


@cache
def _model(service: str) -> ServiceModel:
    return botocore.session.get_session().get_service_model(service)


@cache
def _operations(service: str) -> dict[str, str]:
    return {xform_name(one): one for one in _model(service).operation_names}


class HeldToItsModel:
    """A client of a test's own, each of whose requests boto3 would accept.

    Args:
        client: What answers.
        service: The service, as boto3 names it.
    """

    def __init__(self, client: Any, service: str) -> None:
        self._client, self._service = client, service

    def __getattr__(self, name: str) -> Any:
        answer = getattr(self._client, name)

        def asked(**parameters: Any) -> Any:
            shape = _model(self._service).operation_model(_operations(self._service)[name]).input_shape
            assert shape is not None, name
            report = ParamValidator().validate(parameters, shape)
            assert not report.has_errors(), f"{name}: {report.generate_report()}"
            return answer(**parameters)

        return asked
