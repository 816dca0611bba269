"""What a page says of costs is the bill that `patternkit compare` makes, and what is not known is named."""

import re
from typing import Any

from patternkit.catalog.comparison.facts import recorded
from patternkit.catalog.costs.prices import price_table
from patternkit.catalog.discovery import patterns
from patternkit.catalog.pages import page
from patternkit.catalog.parts.costs import costs, summarized

NAT: dict[str, Any] = {"Type": "AWS::EC2::NatGateway"}


def template(**resources: dict[str, Any]) -> list[dict[str, Any]]:
    return [{"Resources": resources}]


def test_each_line_has_its_price_by_the_hour_and_by_the_month() -> None:
    text = costs(template(One=NAT, Two=NAT, Alarm={"Type": "AWS::CloudWatch::Alarm"}), requests=False)
    assert "| NAT gateway | 2 | [0.045 an hour](https://aws.amazon.com/vpc/pricing/) | 0.0900 | 65.70 |" in text
    each = "[0.10 a month](https://aws.amazon.com/cloudwatch/pricing/)"
    assert f"| Metric of an alarm | 1 | {each} | 0.0001 | 0.10 |" in text
    assert "| **Together** |  |  | **0.0901** | **65.80** |" in text
    assert f"us-east-1 as of {price_table().as_of}" in text
    assert "A million requests" not in text
    assert "price table" not in text


def test_what_has_no_price_is_named_on_the_page() -> None:
    text = costs(template(Nat=NAT, Database={"Type": "AWS::RDS::DBCluster"}), requests=False)
    assert "- Not in the price table or not in the template, and on top: AWS::RDS::DBCluster.\n" in f"{text}\n"


def test_a_million_requests_without_a_price_have_no_sum() -> None:
    graph = {"Type": "AWS::AppSync::GraphQLApi"}
    text = costs(template(Graph=graph), requests=True)
    assert (
        "What a million requests cost on top is not known: no price is known of requests and messages of the API."
        in text
    )
    assert "A million requests" not in text
    api = {"Type": "AWS::ApiGateway::RestApi"}
    [line] = [one for one in costs(template(Graph=graph, Api=api), requests=True).split("\n") if "million" in one[:12]]
    assert line.startswith("A million requests cost 3.50 USD on top: ")
    assert line.endswith(", and what no price is known of: requests and messages of the API.")


def test_what_costs_nothing_standing_still_says_so() -> None:
    text = costs(template(Queue={"Type": "AWS::SQS::Queue"}), requests=True)
    assert text.startswith("Nothing in it has a price while it stands still.\n")
    assert text.endswith("A million requests cost nothing on top that the price table knows.")


def test_pages_say_what_is_compared() -> None:
    for name, facts in recorded().items():
        text = page(patterns()[name]).read_text(encoding="utf-8")
        assert re.search(rf"^\*\*USD {facts.standing.usd:,.2f} a month\*\*", text, re.MULTILINE), name
        if facts.by_million is not None and facts.by_million.lines:
            assert f", {facts.by_million.usd:,.2f} for a million requests" in text, name


def test_the_line_on_a_page_names_what_has_no_price() -> None:
    line = summarized(template(Nat=NAT, Database={"Type": "AWS::RDS::DBCluster"}))
    assert line.startswith("**USD 32.85 a month** without traffic (us-east-1, ")
    assert line.endswith("Not included, since no price is known: AWS::RDS::DBCluster.")
    assert summarized(template(Queue={"Type": "AWS::SQS::Queue"})).startswith("Nothing without traffic (")
