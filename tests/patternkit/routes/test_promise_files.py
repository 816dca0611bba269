"""What a file of promises may say, and that one bad promise leaves the others their verdicts."""

from __future__ import annotations

from typing import Any

import pytest

from patternkit.routes import (
    Promise,
    QuestionError,
    isolated,
    reaches,
)
from tests.patternkit.routes.two_vpcs import two_vpcs


class TestOneBadPromise:
    """It gets its own error, and leaves the others their verdicts."""

    def test_the_others_are_proved(self) -> None:
        network = two_vpcs().network()
        good, bad = reaches("Aa", "Ba"), reaches("Aa", "Nowhere")
        answers = network.answer_all([good, bad, isolated("Aa", "Ba")])
        assert [str(answer).split()[0] for answer in answers] == ["HOLDS", "ERROR", "FAILS"]
        with pytest.raises(QuestionError, match="destination 'Nowhere' is not in the network"):
            network.assert_holds(good, bad)
        with pytest.raises(AssertionError, match=r"(?s)ERROR .*Nowhere.*FAILS isolated"):
            network.assert_holds(bad, isolated("Aa", "Ba"))


@pytest.mark.parametrize(
    ("options", "words"),
    [
        ({"name": 1}, "name of reaches must be a text, got 1"),
        ({"port": True}, "port must be a number between 0 and 65535, got True"),
        ({"port": "443"}, "port must be a number between 0 and 65535, got '443'"),
        ({"port": 443.0}, "port must be a number between 0 and 65535, got 443.0"),
        ({"same_vpc": "no"}, "same_vpc must be true or false, got 'no'"),
        ({"same_vpc": 1}, "same_vpc must be true or false, got 1"),
        ({"family": "4"}, "family must be 4 or 6, got '4'"),
        ({"family": True}, "family must be 4 or 6, got True"),
        ({"protocol": "tpc"}, "protocol must be one of icmp, tcp, udp, icmpv6, any, got 'tpc'; did you mean 'tcp'?"),
        ({"protocol": ["tcp"]}, "protocol must be one of"),
        ({"prot": 443}, "reaches has no option 'prot'; did you mean 'port'"),
        ({"kind": "isolated"}, "reaches has no option 'kind'"),
        ({"by": "Fw"}, "by is only for inspected and no_bypass"),
        ({"source": 1}, "source of reaches must be a text or a list of texts, got 1"),
        ({"destination": ["Ba", 2]}, "destination of reaches must be a text or a list of texts, got ['Ba', 2]"),
    ],
)
def test_what_a_promise_file_may_say(options: dict[str, Any], words: str) -> None:
    from patternkit.promise_lists import BadPromise
    from patternkit.routes.promises import each_promise

    first, second = each_promise([{"reaches": {"source": "Aa", "destination": "Ba", **options}}, GOOD])
    assert isinstance(first, BadPromise)
    assert words in first.error
    assert second == Promise("isolated", "Aa", "Ba")


GOOD = {"isolated": {"source": "Aa", "destination": "Ba"}}


@pytest.mark.parametrize(
    ("data", "words"),
    [
        ({"promisses": []}, "unknown key 'promisses'; did you mean 'promises'?"),
        ({"promises": {}}, "must hold a list of promises"),
        (None, "must hold a list of promises"),
    ],
)
def test_what_a_promise_file_must_be(data: Any, words: str) -> None:
    from patternkit.routes.promises import each_promise

    with pytest.raises(QuestionError, match=words.replace("?", r"\?")):
        each_promise(data)


@pytest.mark.parametrize(
    ("item", "words"),
    [
        ("reaches", "each promise is one kind with its options, got 'reaches'"),
        ({"reaches": []}, "the options of reaches must be a mapping"),
        ({1: {}}, "unknown promise 1"),
        ({"reach": {}}, "unknown promise 'reach'; did you mean 'reaches'"),
        ({"reaches": {"sources": "Aa", "destination": "Ba"}}, "reaches needs a source; did you mean 'sources'?"),
        ({"reaches": {"source": "Aa", "destination": "Ba", "same-vpc": True, "same_vpc": True}}, "same_vpc twice"),
    ],
)
def test_a_promise_that_is_none(item: Any, words: str) -> None:
    from patternkit.promise_lists import BadPromise
    from patternkit.routes.promises import each_promise

    (found,) = each_promise([item])
    assert isinstance(found, BadPromise)
    assert words in found.error, found.error
