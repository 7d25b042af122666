#!/usr/bin/env python3
"""Compares the interpreter with that of moto, an independent one, on generated machines.

    python3 -m venv /tmp/moto && /tmp/moto/bin/pip install 'moto[stepfunctions]==5.2.5' boto3
    ASLINT_CASES=/tmp/cases.jsonl cargo test --release --test it generated::cases
    /tmp/moto/bin/python tests/moto/compare.py /tmp/cases.jsonl

Compared are status, output, error and the states that were entered. Where moto is wrong, a function of its class in
`corrections.py` mends it, and `differences.tsv` says by which record or page it is wrong. A disagreement is explained
when moto agrees once mended, by the classes without which it does not. One that stays fails the comparison, and so does a
class that explains none.
"""

import json
import logging
import os
import statistics
import sys
import time
from collections import Counter
from contextlib import ExitStack
from pathlib import Path

sys.dont_write_bytecode = True
from corrections import CORRECTIONS, prepare  # noqa: E402

os.environ.update(AWS_ACCESS_KEY_ID="none", AWS_SECRET_ACCESS_KEY="none", AWS_DEFAULT_REGION="us-east-1")

import boto3  # noqa: E402
from botocore.exceptions import ClientError  # noqa: E402
from moto import mock_aws  # noqa: E402
from moto.stepfunctions.parser.backend.execution_worker import ExecutionWorker  # noqa: E402

ROLE = "arn:aws:iam::123456789012:role/none"
PATIENCE = 20  # seconds until an execution is given up
SHOWN = 5  # unexplained cases that are printed
SAMPLE = 40  # disagreements of which every class is told; a class that explains none of them is looked for among the others

seconds = []  # of each execution of moto, without what the API takes


def timed(logic):
    def run(self):
        start = time.perf_counter()
        try:
            logic(self)
        finally:
            seconds.append(time.perf_counter() - start)

    return run


def execute(client, case):
    """What moto makes of a case."""
    try:
        created = client.create_state_machine(name="machine", definition=case["definition"], roleArn=ROLE)
        machine = created["stateMachineArn"]
    except ClientError as error:
        return {"status": "REFUSED", "error": str(error)}
    execution = client.start_execution(stateMachineArn=machine, input=case["input"])["executionArn"]
    end = time.monotonic() + PATIENCE
    while (told := client.describe_execution(executionArn=execution))["status"] == "RUNNING" and time.monotonic() < end:
        time.sleep(0.0005)
    events = client.get_execution_history(executionArn=execution)["events"]  # moto gives all at once
    entered = [event["stateEnteredEventDetails"]["name"] for event in events if "stateEnteredEventDetails" in event]
    client.delete_state_machine(stateMachineArn=machine)
    kinds = {event["type"] for event in events}
    # The description of an execution has strings without their quotes.
    output = events[-1].get("executionSucceededEventDetails", {}).get("output")
    return {
        "status": told["status"],
        "output": None if output is None else json.loads(output),
        "error": told.get("error"),
        "cause": told.get("cause"),
        "entered": entered,
        # When a branch fails, how far its siblings have come hangs on time.
        "aside": nested(json.loads(case["definition"])) if "ParallelStateFailed" in kinds else set(),
    }


def nested(machine, inside=False):
    """The names of the states that lie in branches."""
    names = set()
    for name, state in machine["States"].items():
        if inside:
            names.add(name)
        for branch in state.get("Branches", []):
            names |= nested(branch, True)
        for processor in [state[key] for key in ("ItemProcessor", "Iterator") if key in state]:
            names |= nested(processor, inside)
    return names


def equal(one, other):
    """Whether two values of JSON are equal: numbers by value, and true is no number."""
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(equal(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(equal, one, other))
    if isinstance(one, (int, float)) and isinstance(other, (int, float)):
        return float(one) == float(other)
    return type(one) is type(other) and one == other


def difference(case, theirs):
    """What does not agree, in words; nothing where all does."""
    for what in ["status", "error", "entered", "output"]:
        ours, other = case[what], theirs.get(what)
        if what == "output" and ours is not None:
            ours = json.loads(ours)
        if what == "entered":
            ours, other = (sorted(name for name in names if name not in theirs["aside"]) for names in (ours, other))
        if not equal(ours, other):
            ours, other = (json.dumps(value, ensure_ascii=False) for value in (ours, other))
            return f"{what}: ours {ours}, moto's {other}"
    return None


def mended(names):
    """A context in which the classes of these names are. Entering it takes longer than an execution."""
    stack = ExitStack()
    for name in names:
        stack.enter_context(CORRECTIONS[name]())
    return stack


def main(path):
    logging.disable(logging.CRITICAL)
    ExecutionWorker._execution_logic = timed(ExecutionWorker._execution_logic)
    prepare()
    with open(Path(__file__).with_name("differences.tsv"), encoding="utf-8") as table:
        known = {line.split("\t")[0] for line in table if not line.startswith("#")}
    assert known == CORRECTIONS.keys(), f"in the table or among the corrections alone: {known ^ CORRECTIONS.keys()}"
    with open(path, encoding="utf-8") as lines:
        cases = [json.loads(line) for line in lines]
    classes = Counter()
    with mock_aws(config={"stepfunctions": {"execute_state_machine": True}}):
        client = boto3.client("stepfunctions")
        answers, by_api = [], []
        for case in cases:
            start = time.perf_counter()
            answers.append(execute(client, case))
            by_api.append(time.perf_counter() - start)
        own = seconds[:]
        differing = [(case, answer) for case, answer in zip(cases, answers) if difference(case, answer)]
        with mended(CORRECTIONS):
            explained = [difference(case, execute(client, case)) is None for case, _ in differing]
        unexplained = [pair for pair, is_explained in zip(differing, explained) if not is_explained]
        rest = [case for (case, _), is_explained in zip(differing, explained) if is_explained]
        for name in CORRECTIONS:
            with mended(CORRECTIONS.keys() - {name}):
                for i, case in enumerate(rest):
                    if i >= SAMPLE and classes[name]:
                        break
                    classes[name] += difference(case, execute(client, case)) is not None
    print(f"{len(cases)} machines: {len(cases) - len(differing)} agree, {len(differing)} do not")
    print("  ours: " + ", ".join(f"{n} {status}" for status, n in Counter(c["status"] for c in cases).most_common()))
    for name, n in classes.most_common():
        print(f"  {n:5} {name}")
    for case, answer in sorted(unexplained, key=lambda pair: len(pair[0]["definition"]))[:SHOWN]:
        print(f"unexplained: case {case['seed']}: {difference(case, answer)}")
        print(f"  moto's cause: {answer.get('cause')}\n  input: {case['input']}\n  definition: {case['definition']}")
    ours = [case["seconds"] for case in cases]
    for name, times in [("ours", ours), ("moto's interpreter", own), ("moto's API", by_api)]:
        mean, median = statistics.mean(times) * 1e6, statistics.median(times) * 1e6
        print(f"per execution, in microseconds: {name}: mean {mean:.1f}, median {median:.1f}")
    print(f"moto's interpreter takes {statistics.mean(own) / statistics.mean(ours):.0f} times as long")
    stale = [name for name in known if not classes[name]]
    if unexplained or stale:
        sys.exit(f"{len(unexplained)} disagreements without an explanation; classes without one: {sorted(stale)}")


if __name__ == "__main__":
    main(sys.argv[1])
