"""Both fan-outs in the local cloud, side by side: one object, 500 objects, and a function that fails for a while.

    python bench/fan_out.py [--objects 500] [--alone 20] [--lost 12] [--outage 45]

Prints what it measured and draws it into both patterns' folders as `measured.svg`.

- One object: from the upload to the function, warm, one after the other.
- 500 objects, uploaded one after the other, 20 ms of work each. The buffered consumer is capped at two batches at once.
- An outage: 12 objects arrive while the function fails; few, because after each failed run a process starts anew. The
  local SNS calls functions directly, so the topic's function is invoked asynchronously here, as SNS does on AWS;
  Lambda's retries come after one and two seconds here, after one and two minutes there.

Handlers write down the time by the same clock as the uploads. The figures are of the local cloud on one machine: what
carries over to AWS are the shapes, not the milliseconds.
"""

import argparse
import json
import statistics
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import aws_cdk as cdk
import matplotlib as mpl
from aws_cdk import aws_lambda as lambda_
from matplotlib import pyplot as plt

from patternkit.localcloud import Deployment, LocalCloud
from patternkit.testing.synthesis import synthesize
from patterns.events.buffered_fan_out import BufferedFanOut, Consumer
from patterns.events.topic_fan_out import Subscriber, TopicFanOut

ROOT = Path(__file__).parents[1]
FOLDERS = [ROOT / "patterns" / "events" / name for name in ("topic_fan_out", "buffered_fan_out")]
WORK = 0.02
CAP = 2
TIMEOUT = 2

CODE = """
import json, os, time, urllib.parse

def messages(event):
    for record in event["Records"]:
        yield json.loads(record["Sns"]["Message"] if "Sns" in record else record["body"])

def handler(event, context):
    if os.path.exists(os.environ["OUTAGE"]):
        raise RuntimeError("outage")
    for message in messages(event):
        for one in message.get("Records", []):
            began = time.time()
            time.sleep(float(os.environ["WORK"]))
            key = urllib.parse.unquote_plus(one["s3"]["object"]["key"])
            run = context.aws_request_id
            line = json.dumps({"key": key, "began": began, "ended": time.time(), "run": run})
            with open(os.environ["JOURNAL"], "a") as journal:
                journal.write(line + "\\n")
    return {"batchItemFailures": []}
"""


class FanOut(cdk.Stack):
    """One of the two, with one function."""

    def __init__(self, app: cdk.App, kind: str, outage: Path) -> None:
        super().__init__(app, kind)
        function: dict[str, Any] = {
            "name": "One",
            "code": lambda_.Code.from_inline(CODE),
            "handler": "index.handler",
            "timeout": cdk.Duration.seconds(TIMEOUT),
            "environment": {"OUTAGE": str(outage), "JOURNAL": f"{outage}.journal", "WORK": str(WORK)},
        }
        made: TopicFanOut | BufferedFanOut
        if kind == "topic":
            made = TopicFanOut(self, "FanOut", subscribers=[Subscriber(**function)])
        else:
            made = BufferedFanOut(self, "FanOut", consumers=[Consumer(**function, max_concurrency=CAP)])
        cdk.CfnOutput(self, "Bucket", value=made.bucket.bucket_name)
        cdk.CfnOutput(self, "DeadLetters", value=made.dead_letters["One"].queue_url)


@dataclass(frozen=True)
class Given:
    """One object, as the function was given it."""

    key: str
    began: float
    ended: float
    run: str


@dataclass(frozen=True)
class Measured:
    """What one of the two did."""

    alone: list[float]
    uploads: list[float]
    burst: list[Given]
    arrived: list[float]
    recovered: list[Given]
    dead: int
    outage: float


class Bench:
    def __init__(self, kind: str, cloud: LocalCloud, deployment: Deployment, outage: Path) -> None:
        self.kind, self.cloud, self.deployment, self.outage = kind, cloud, deployment, outage
        self.function = deployment.physical_id("FanOut/One/Work/Function")

    def upload(self, key: str) -> float:
        began = time.time()
        self.cloud.client("s3").put_object(Bucket=self.deployment.outputs["Bucket"], Key=key, Body=b"content")
        return began

    def announce(self, key: str) -> float:
        if self.kind == "buffered":
            return self.upload(key)
        began = time.time()
        record = {"eventName": "ObjectCreated:Put", "s3": {"bucket": {"name": "b"}, "object": {"key": key}}}
        event = {"Records": [{"Sns": {"Message": json.dumps({"Records": [record]})}}]}
        self.cloud.client("lambda").invoke(
            FunctionName=self.function, InvocationType="Event", Payload=json.dumps(event).encode()
        )
        return began

    def given(self, prefix: str) -> list[Given]:
        # Not by its log, in which lines of runs at the same moment may get lost.
        journal = self.outage.with_suffix(".journal")
        if not journal.exists():
            return []
        found = [Given(**json.loads(line)) for line in journal.read_text(encoding="utf-8").splitlines()]
        return sorted((one for one in found if one.key.startswith(prefix)), key=lambda one: one.began)

    def dead(self) -> int:
        queue = self.deployment.outputs["DeadLetters"]
        answer = self.cloud.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=["All"])
        return int(answer["Attributes"]["ApproximateNumberOfMessages"])

    def measure(self, given: argparse.Namespace) -> Measured:
        cloud = self.cloud
        # As many processes as a burst needs are started before anything is measured.
        warm = [self.upload(f"warm/{number:03}") for number in range(100)]
        cloud.wait_for(lambda: len(self.given("warm")) >= len(warm), what="a warm function", deadline=120)
        alone = []
        for number in range(given.alone):
            began = self.upload(f"alone/{number:03}/")
            (one, *_) = cloud.wait_for(lambda key=f"alone/{number:03}/": self.given(key), what="one object")  # type: ignore[misc]
            alone.append(one.began - began)
        uploads = [self.upload(f"burst/{number:04}") for number in range(given.objects)]
        cloud.wait_for(lambda: len(self.given("burst")) >= given.objects, what="all of the burst", deadline=300)
        self.outage.touch()
        started = time.time()
        arrived = [self.announce(f"outage/{number:04}") for number in range(given.lost)]
        cloud.wait_for(lambda: time.time() - started >= given.outage, what="the end of the outage", deadline=300)
        self.outage.unlink()
        cloud.wait_for(
            lambda: len({one.key for one in self.given("outage")}) + self.dead() >= given.lost,
            what="all objects, worked on or in the dead letters",
            deadline=300,
        )
        return Measured(
            alone=alone,
            uploads=uploads,
            burst=self.given("burst"),
            arrived=arrived,
            recovered=self.given("outage"),
            dead=self.dead(),
            outage=given.outage,
        )


def at_once(given: Sequence[Given]) -> int:
    """The most runs that worked at the same moment."""
    runs: dict[str, tuple[float, float]] = {}
    for one in given:
        began, ended = runs.get(one.run, (one.began, one.ended))
        runs[one.run] = (min(began, one.began), max(ended, one.ended))
    edges = sorted([(began, 1) for began, _ in runs.values()] + [(ended, -1) for _, ended in runs.values()])
    most = now = 0
    for _, step in edges:
        now += step
        most = max(most, now)
    return most


def overtaken(given: Sequence[Given]) -> float:
    """The share of objects that were begun after one that was uploaded later."""
    last, behind = "", 0
    for one in given:
        behind += one.key < last
        last = max(last, one.key)
    return behind / len(given)


def tell(kind: str, measured: Measured) -> None:
    burst, first = measured.burst, measured.uploads[0]
    keys = [one.key for one in burst]
    print(f"{kind}")
    print(f"  one object        median {statistics.median(measured.alone) * 1000:.0f} ms", end="")
    print(f", from {min(measured.alone) * 1000:.0f} to {max(measured.alone) * 1000:.0f} ms")
    took = max(one.ended for one in burst) - first
    uploading = measured.uploads[-1] - first
    print(f"  {len(set(keys))} objects       {took:.1f} s, {len(set(keys)) / took:.0f} a second", end="")
    print(
        f" (uploads took {uploading:.1f} s); {len({one.run for one in burst})} runs, {at_once(burst)} at once at most"
    )
    print(f"  order             {overtaken(burst):.0%} were begun after one uploaded later")
    print(f"  given twice       {len(keys) - len(set(keys))}")
    recovered = {one.key for one in measured.recovered}
    print(
        f"  outage of {measured.outage:g} s    {len(recovered)} worked on, {measured.dead} in the dead letters", end=""
    )
    if recovered:
        print(
            f"; the last {max(one.ended for one in measured.recovered) - measured.arrived[0]:.1f} s after the first",
            end="",
        )
    print()


def draw(measured: Mapping[str, Measured]) -> None:
    colours = {"topic": "#3b82f6", "buffered": "#ea7317"}
    grey = "#80868f"
    mpl.rcParams.update(
        {
            "svg.hashsalt": "fan-out",
            "font.size": 9,
            "axes.spines.top": False,
            "axes.spines.right": False,
            **dict.fromkeys(("text.color", "axes.labelcolor", "axes.edgecolor", "xtick.color", "ytick.color"), grey),
        }
    )
    figure, (alone, burst, outage) = plt.subplots(1, 3, figsize=(10, 3.2), width_ratios=(2, 3, 3))
    for row, (kind, one) in enumerate(measured.items()):
        colour = colours[kind]
        milliseconds = sorted(value * 1000 for value in one.alone)
        spread = [row + (index % 5 - 2) * 0.06 for index in range(len(milliseconds))]
        alone.scatter(spread, milliseconds, s=12, color=colour, alpha=0.8, linewidths=0)
        alone.hlines(statistics.median(milliseconds), row - 0.3, row + 0.3, color=colour)
        first = one.uploads[0]
        times = sorted(given.ended - first for given in one.burst)
        burst.step(times, range(1, len(times) + 1), where="post", color=colour, label=kind)
        uploads = [value - first for value in one.uploads]
        burst.plot(uploads, range(1, len(uploads) + 1), ":", color=colour, linewidth=1, label=f"{kind}, uploads")
        start = one.arrived[0]
        back = [0.0, *sorted(given.ended - start for given in one.recovered)]
        end = max(max(given.ended - given_start for given in other.recovered) if other.recovered else other.outage
                  for other, given_start in ((each, each.arrived[0]) for each in measured.values())) + 2  # fmt: skip
        outage.step([*back, end], [*range(len(back)), len(back) - 1], where="post", color=colour)
        if one.dead:
            place = (one.outage / 2, len(back) - 1)
            text = f"{kind}: {one.dead} in dead letters"
            outage.annotate(text, place, (0, 6), textcoords="offset points", ha="center", color=colour)
    any_one = next(iter(measured.values()))
    alone.set_xticks(range(len(measured)), list(measured))
    alone.set_xlim(-0.6, len(measured) - 0.4)
    alone.set_ylim(bottom=0)
    alone.set_ylabel("upload to function, ms")
    alone.set_title("one object")
    burst.set(
        xlabel="seconds",
        ylabel="objects worked on",
        title=f"{len(any_one.uploads)} objects",
        xlim=(0, None),
        ylim=(0, None),
    )
    burst.legend(frameon=False, labelcolor="linecolor")
    outage.axvspan(0, any_one.outage, color=grey, alpha=0.2, linewidth=0)
    outage.text(any_one.outage / 2, len(any_one.arrived) * 0.5, "function\nfails", ha="center", va="center")
    outage.set(xlabel="seconds", ylabel="objects worked on", title=f"{len(any_one.arrived)} objects in an outage")
    outage.set_xlim(left=0)
    outage.set_ylim(-len(any_one.arrived) * 0.05, len(any_one.arrived) * 1.08)
    outage.set_yticks(range(0, len(any_one.arrived) + 1, max(1, len(any_one.arrived) // 4)))
    figure.tight_layout()
    for folder in FOLDERS:
        figure.savefig(folder / "measured.svg", transparent=True, metadata={"Date": None, "Creator": None})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--objects", type=int, default=500)
    parser.add_argument("--alone", type=int, default=20)
    parser.add_argument("--lost", type=int, default=12)
    parser.add_argument("--outage", type=float, default=45.0)
    given = parser.parse_args()
    flags = json.loads((ROOT / "cdk.json").read_text(encoding="utf-8"))["context"]
    measured = {}
    with tempfile.TemporaryDirectory() as folder:
        for kind in ("topic", "buffered"):
            outage = Path(folder) / kind
            synthesis = synthesize(lambda app, kind=kind, outage=outage: FanOut(app, kind, outage), context=flags)  # type: ignore[misc]
            with LocalCloud.start() as cloud:
                deployment = cloud.deploy(synthesis.directory)
                measured[kind] = Bench(kind, cloud, deployment, outage).measure(given)
            tell(kind, measured[kind])
    median = {kind: statistics.median(one.alone) for kind, one in measured.items()}
    took = {kind: max(each.ended for each in one.burst) - one.uploads[0] for kind, one in measured.items()}
    print(f"ratio, buffered to topic: one object {median['buffered'] / median['topic']:.1f}", end="")
    print(f", {given.objects} objects {took['buffered'] / took['topic']:.2f}")
    draw(measured)


if __name__ == "__main__":
    main()
