from typing import Any

import pytest

from patternkit.localcloud.emulation.workflow_definition import faults

DONE = {"Type": "Succeed"}


def machine(start: str = "A", **states: Any) -> dict[str, Any]:
    return {"StartAt": start, "States": states}


@pytest.mark.parametrize(
    "definition",
    [
        machine(A={"Type": "Pass", "Next": "B"}, B=DONE),
        machine(A={"Type": "Task", "End": True}),
        machine(A={"Type": "Choice", "Choices": [{"Next": "B"}], "Default": "C"}, B=DONE, C={"Type": "Fail"}),
        machine(A={"Type": "Task", "End": True, "Catch": [{"ErrorEquals": ["x"], "Next": "B"}]}, B=DONE),
        machine(A={"Type": "Map", "End": True, "ItemProcessor": machine(A=DONE)}),
        machine(A={"Type": "Parallel", "End": True, "Branches": [machine(A=DONE), machine(start="B", B=DONE)]}),
    ],
)
def test_what_leads_to_an_end_has_no_fault(definition: Any) -> None:
    assert list(faults(definition)) == []


@pytest.mark.parametrize(
    ("definition", "said"),
    [
        (machine(start="Z", A=DONE), 'Missing "StartAt" target: Z at /StartAt'),
        (machine(A={"Type": "Pass", "Next": "Z"}), 'Missing "Next" target: Z at /States/A/Next'),
        (machine(A={"Type": "Choice", "Choices": [{"Next": "Z"}]}), "Z at /States/A/Choices[0]/Next"),
        (machine(A={"Type": "Choice", "Choices": [], "Default": "Z"}), "Z at /States/A/Default"),
        (machine(A={"Type": "Task", "End": True, "Catch": [{"Next": "Z"}]}), "Z at /States/A/Catch[0]/Next"),
        (machine(A={"Type": "Pass"}), "/States/A needs Next or End"),
        (machine(A=DONE, B=DONE), 'State "B" is not reachable'),
        (machine(A={"Type": "Passs", "End": True}), "/States/A/Type must be one of"),
        (machine(A={"Type": "Map", "End": True, "Iterator": machine(start="Z", A=DONE)}), "/States/A/Iterator/StartAt"),
        (
            machine(A={"Type": "Parallel", "End": True, "Branches": [machine(A={"Type": "Pass", "Next": "Z"})]}),
            "/States/A/Branches[0]/States/A/Next",
        ),
        ({}, "/States is required"),
        ([], "/ is not an object"),
    ],
)
def test_a_fault_is_said_with_its_place(definition: Any, said: str) -> None:
    assert any(said in fault for fault in faults(definition))
