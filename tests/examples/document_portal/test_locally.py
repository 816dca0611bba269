"""All five stacks, deployed to the local cloud with permissions enforced, and people who upload, read and publish."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest

from patternkit.testing.synthesis import synthesize
from tests.conftest import context
from tests.examples.document_portal.portal import Person, Portal, deployed, pdf, with_sign_in

DOCUMENT = """query($i: ID!) { document(id: $i) {
  id name type size status title pages words sha256 reason link } }"""
MINE = "query($l: Int, $n: String) { myDocuments(limit: $l, nextToken: $n) { items { id } nextToken } }"
BY_STATUS = "query($s: DocumentStatus!) { documents(status: $s) { items { id owner link } } }"
PUBLISH = "mutation($i: ID!) { publish(id: $i) { id status } }"


@dataclass
class People:
    """Two members, a reviewer, and somebody whom nobody has put into a group."""

    ada: Person
    bob: Person
    rita: Person
    nora: Person


@pytest.fixture(scope="module")
def portal() -> Iterator[Portal]:
    settings = {**context(), "patterns:handler-platform": "local"}
    with deployed(synthesize(with_sign_in, context=settings, build_assets=True)) as made:
        yield made


@pytest.fixture(scope="module")
def people(portal: Portal) -> People:
    return People(
        portal.sign_in("ada", "members"),
        portal.sign_in("bob", "members"),
        portal.sign_in("rita", "reviewers"),
        portal.sign_in("nora"),
    )


def read(portal: Portal, person: Person, name: str, body: bytes, kind: str = "application/pdf") -> str:
    """Upload a document and have it read; its id."""
    document = portal.upload(person, name, body, kind)
    assert portal.became(person, document) == ("RELEASED", "")
    done = portal.read(portal.task_for(document))
    assert done.returncode == 0, done.stderr
    return document


def seen(portal: Portal, person: Person, document: str) -> dict[str, object] | None:
    answer = portal.run(person, DOCUMENT, i=document)
    assert answer.errors == ()
    assert answer.data is not None
    return answer.data["document"]  # type: ignore[no-any-return]


def test_a_document_is_uploaded_read_published_and_opened(portal: Portal, people: People) -> None:
    subscribed = {
        name: portal.access.subscribe("documentChanged", getattr(people, name).caller)
        for name in ("ada", "bob", "rita")
    }
    body = pdf("Annual report", "Two", "Three words more")
    document = portal.upload(people.ada, "report 2026 (final).pdf", body)
    assert portal.became(people.ada, document) == ("RELEASED", "")
    told = portal.task_for(document)
    assert told["OBJECT_KEY"] == f"documents/{document}"
    done = portal.read(told)
    assert (done.returncode, '"ready"' in done.stdout) == (0, True), done.stderr

    found = seen(portal, people.ada, document)
    assert found is not None
    assert {**found, "sha256": len(str(found["sha256"])), "link": None} == {
        "id": document, "name": "report 2026 (final).pdf", "type": "application/pdf", "size": len(body),
        "status": "READY", "title": "Annual report", "pages": 3, "words": 6, "sha256": 64, "reason": None, "link": None,
    }  # fmt: skip
    assert portal.send(str(found["link"])) == (200, body)
    assert portal.texts()[f"results/{told['JOB']}.txt"].split() == ["Annual", "report", "Two", "Three", "words", "more"]
    assert seen(portal, people.bob, document) is None, "it is not published"
    assert (seen(portal, people.rita, document) or {})["status"] == "READY"

    ready = portal.told(document, "READY")
    assert [name for name, one in subscribed.items() if one.delivers(ready)] == ["ada", "rita"]
    published = portal.run(people.rita, PUBLISH, i=document)
    assert published.data == {"publish": {"id": document, "status": "PUBLISHED"}}, published.errors
    change = portal.told(document, "PUBLISHED")
    assert [name for name, one in subscribed.items() if one.delivers(change)] == ["ada", "bob", "rita"]
    again = portal.run(people.rita, PUBLISH, i=document)
    assert [one["errorType"] for one in again.errors] == ["Conflict"]

    opened = seen(portal, people.bob, document)
    assert opened is not None
    assert portal.send(str(opened["link"])) == (200, body)
    tampered = str(opened["link"]).replace(document, "0" * 32)
    assert portal.send(tampered)[0] == 403


def test_a_task_that_is_started_twice_reads_once(portal: Portal, people: People) -> None:
    document = read(portal, people.ada, "notes.txt", b"Notes\n\nof a meeting", "text/plain")
    first = seen(portal, people.ada, document)
    assert first is not None
    assert (first["title"], first["pages"], first["words"]) == ("Notes", None, 4)
    assert '"done before"' in portal.read(portal.task_for(document)).stdout
    # As when the file is copied onto itself: another job for the same document.
    assert '"read before"' in portal.read({**portal.task_for(document), "JOB": "another"}).stdout
    now = seen(portal, people.ada, document)
    assert now is not None
    assert {**now, "link": None} == {**first, "link": None}


def test_what_cannot_be_read_says_why_and_is_read_when_it_can_be(portal: Portal, people: People) -> None:
    document = read(portal, people.ada, "broken.pdf", b"%PDF-1.4 and nothing else")
    found = seen(portal, people.ada, document)
    assert found is not None
    assert found["status"] == "FAILED"
    assert str(found["reason"]).startswith("it is no sound PDF: ")
    assert portal.run(people.rita, PUBLISH, i=document).errors[0]["errorType"] == "Conflict"
    told = portal.task_for(document)
    put = portal.cloud.client("s3").put_object(Bucket=told["OBJECT_BUCKET"], Key=told["OBJECT_KEY"], Body=pdf("Mended"))
    again = {**told, "JOB": "mended", "OBJECT_VERSION": put["VersionId"]}
    # Records of uploads expire, and the row has what they said.
    uploads = portal.stacks["PortalUploads"].physical_id("Uploads/Records")
    portal.cloud.client("dynamodb").delete_item(TableName=uploads, Key={"upload": {"S": document}})
    assert portal.read(again).returncode == 0
    found = seen(portal, people.ada, document)
    assert found is not None
    assert (found["status"], found["title"], found["reason"], found["name"]) == ("READY", "Mended", None, "broken.pdf")


def test_what_nobody_has_asked_to_upload_is_not_taken_on(portal: Portal, people: People) -> None:
    told = {"OBJECT_BUCKET": "any", "OBJECT_KEY": "documents/unasked", "OBJECT_VERSION": "", "JOB": "unasked"}
    done = portal.read(told)
    assert (done.returncode, "nobody has asked to upload it" in done.stderr) == (1, True)
    assert seen(portal, people.rita, "unasked") is None


def test_a_file_that_is_something_else_never_becomes_a_document(portal: Portal, people: People) -> None:
    document = portal.upload(people.bob, "a.pdf", b"<script>alert(1)</script>")
    assert portal.became(people.bob, document) == ("REFUSED", "the file does not begin as application/pdf does")
    assert seen(portal, people.rita, document) is None
    assert portal.ask(people.ada, f"uploads/{document}")[0] == 404, "it is nobody else's"


def test_nobody_uploads_without_having_signed_in(portal: Portal) -> None:
    asked = {"name": "a.pdf", "type": "application/pdf", "size": 10}
    assert portal.ask(None, "uploads", asked)[0] == 401
    assert portal.ask(Person("no.token.at-all"), "uploads", asked)[0] == 401


def test_members_list_their_own_and_what_is_published_and_reviewers_all(portal: Portal, people: People) -> None:
    own = [read(portal, people.bob, f"{one}.txt", one.encode(), "text/plain") for one in ("first", "second")]
    pages, token = [], None
    while True:
        answer = portal.run(people.bob, MINE, l=1, n=token)
        assert answer.data is not None
        pages += [one["id"] for one in answer.data["myDocuments"]["items"]]
        token = answer.data["myDocuments"]["nextToken"]
        if token is None:
            break
    assert pages == own[::-1], "the newest first, and nobody else's"
    listed = portal.run(people.rita, BY_STATUS, s="READY")
    assert listed.data is not None
    items = listed.data["documents"]["items"]
    assert {*own} <= {one["id"] for one in items}
    assert all(one["owner"] and one["link"] for one in items)
    (refused,) = portal.run(people.bob, BY_STATUS, s="READY").errors
    assert refused["errorType"] == "Unauthorized"
    portal.run(people.rita, PUBLISH, i=own[0])
    open_to_all = portal.run(people.ada, "{ documents(status: PUBLISHED) { items { id } } }")
    assert open_to_all.data is not None
    assert own[0] in [one["id"] for one in open_to_all.data["documents"]["items"]]


def test_who_is_in_no_group_has_nothing_of_the_api(portal: Portal, people: People) -> None:
    for query, variables in ((MINE, {}), (BY_STATUS, {"s": "PUBLISHED"}), (DOCUMENT, {"i": "any"})):
        answer = portal.run(people.nora, query, **variables)
        assert [one["errorType"] for one in answer.errors] == ["Unauthorized"]
    assert portal.run(people.ada, PUBLISH, i="any").errors[0]["errorType"] == "Unauthorized"
    assert portal.run(people.rita, 'mutation { announce(id: "any") { id } }').errors[0]["errorType"] == "Unauthorized"
