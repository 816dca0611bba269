"""A generated secret has the characters that the template asks for.

ministack gives an empty one to `GenerateSecretString: {}`, and knows only `ExcludeCharacters`.

https://docs.aws.amazon.com/secretsmanager/latest/apireference/API_GetRandomPassword.html
"""

from __future__ import annotations

import json
import secrets
import string
from collections.abc import Mapping
from types import ModuleType
from typing import Any

SETS = {
    "ExcludeLowercase": string.ascii_lowercase,
    "ExcludeUppercase": string.ascii_uppercase,
    "ExcludeNumbers": string.digits,
    "ExcludePunctuation": string.punctuation,
}
DEFAULT_LENGTH = 32


def _flag(given: Mapping[str, Any], name: str, *, default: bool = False) -> bool:
    return str(given.get(name, default)).lower() == "true"


def password(given: Mapping[str, Any]) -> str:
    """Return a password.

    Args:
        given: `GenerateSecretString`, as the template has it.

    Raises:
        ValueError: Nothing is left to choose from, or the length does not suffice.
    """
    excluded = str(given.get("ExcludeCharacters", ""))
    sets = ["".join(c for c in each if c not in excluded) for name, each in SETS.items() if not _flag(given, name)]
    if _flag(given, "IncludeSpace") and " " not in excluded:
        sets.append(" ")
    alphabet, length = "".join(sets), int(given.get("PasswordLength", DEFAULT_LENGTH))
    if not alphabet:
        raise ValueError("AWS::SecretsManager::Secret: all characters have been excluded")
    required = sets if _flag(given, "RequireEachIncludedType", default=True) else []
    if not all(required):
        raise ValueError("AWS::SecretsManager::Secret: all characters of a required type have been excluded")
    if length < max(len(required), 1):
        raise ValueError(f"AWS::SecretsManager::Secret: PasswordLength {length} is too short for the required types")
    characters = [secrets.choice(each) for each in required]
    characters += [secrets.choice(alphabet) for _ in range(length - len(characters))]
    secrets.SystemRandom().shuffle(characters)
    return "".join(characters)


def generate(provisioners: ModuleType) -> None:
    """Have the secrets of a template generated so.

    Args:
        provisioners: ministack's module of CloudFormation's resource handlers.
    """
    given_string = vars(provisioners)["_sm_secret_string"]

    def secret_string(properties: Mapping[str, Any]) -> Any:
        given = properties.get("GenerateSecretString")
        if not isinstance(given, Mapping) or properties.get("SecretString"):
            return given_string(properties)
        generated, template, key = password(given), given.get("SecretStringTemplate"), given.get("GenerateStringKey")
        if bool(template) != bool(key):
            raise ValueError("AWS::SecretsManager::Secret: SecretStringTemplate and GenerateStringKey go together")
        if not template:
            return generated
        return json.dumps({**json.loads(template), key: generated})

    vars(provisioners)["_sm_secret_string"] = secret_string
