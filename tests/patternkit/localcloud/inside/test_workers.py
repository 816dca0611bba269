"""No more functions run at once than the machine has room for, and none waits forever for another that waits for it."""

import io
import threading
import time
import zipfile

from patternkit.localcloud import LocalCloud
from patternkit.localcloud.inside.workers import AT_WORK, Turns
from tests.patternkit.localcloud.test_no_survivors import processes

SLOW = "import time\ndef handler(event, context):\n    time.sleep(0.2)\n    return 1\n"


def test_places_are_taken_in_turn() -> None:
    turns, order, most = Turns(2, stalled=60), [], 0
    turns.take()
    turns.take()

    def call(number: int) -> None:
        nonlocal most
        turns.take()
        order.append(number)
        most = max(most, turns.at_work)
        turns.give_back()

    threads = []
    for number in range(5):
        threads.append(threading.Thread(target=call, args=(number,)))
        threads[-1].start()
        time.sleep(0.01)
    assert order == []
    turns.give_back()
    for thread in threads:
        thread.join(5)
    assert order == [0, 1, 2, 3, 4]
    assert most == 2


def test_who_waits_for_another_in_its_place_is_waited_for() -> None:
    turns = Turns(1, stalled=0.05)
    turns.take()
    began = time.monotonic()
    turns.take()
    assert 0.04 < time.monotonic() - began < 2
    assert turns.at_work == 2


def _archive(code: str) -> bytes:
    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as zipped:
        zipped.writestr("index.py", code)
    return archive.getvalue()


def test_a_hundred_uploads_start_no_hundred_processes() -> None:
    with LocalCloud.start() as cloud:
        functions, s3, logs = cloud.client("lambda"), cloud.client("s3"), cloud.client("logs")
        function = functions.create_function(
            FunctionName="f",
            Runtime="python3.13",
            Handler="index.handler",
            Code={"ZipFile": _archive(SLOW)},
            Role=f"arn:aws:iam::{cloud.account}:role/none",
        )
        s3.create_bucket(Bucket="uploads")
        s3.put_bucket_notification_configuration(
            Bucket="uploads",
            NotificationConfiguration={
                "LambdaFunctionConfigurations": [
                    {"LambdaFunctionArn": function["FunctionArn"], "Events": ["s3:ObjectCreated:*"]}
                ]
            },
        )
        group, most, ended = cloud._server.process_group, 0, threading.Event()
        assert group is not None

        def count() -> None:
            nonlocal most
            while not ended.wait(0.1):
                most = max(most, sum("_worker" in line for line in processes(group)))

        counting = threading.Thread(target=count)
        counting.start()
        for number in range(100):
            s3.put_object(Bucket="uploads", Key=str(number), Body=b"x")

        def runs() -> bool:
            found = logs.filter_log_events(logGroupName="/aws/lambda/f", filterPattern="REPORT")["events"]
            return len(found) >= 100

        cloud.wait_for(runs, what="a hundred runs", deadline=120)
        ended.set()
        counting.join()
        # On a machine that stands still a place is added; a hundred would be ten times as many.
        assert 1 < most <= 2 * AT_WORK
