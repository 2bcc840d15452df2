"""Calls that are generated of a description, right and wrong ones, and what is told of their answers."""

import contextlib
import os
from collections import Counter
from random import Random
from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import not_a_server_error
from schemathesis.core.result import Ok
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
    status_code_conformance,
)

PART, OF = map(int, os.environ.get("SCHEMATHESIS_PART", "1/1").split("/"))  # a long run in several processes
CHECKS = [not_a_server_error, status_code_conformance, content_type_conformance, response_schema_conformance]


class Run:
    """All operations of a description, each called equally often; `call` says as whom."""

    def __init__(self, schema: Any, cases: int) -> None:
        self.schema, self.cases = schema, cases
        self.chance = Random(20261123)
        self.broken: list[str] = []
        self.answers: Counter[tuple[str, int]] = Counter()
        self.done: set[str] = set()  # operations that have succeeded
        self.asked: Counter[str] = Counter()  # by who asked

    def all(self) -> None:
        operations = []
        for found in self.schema.get_all_operations():
            assert isinstance(found, Ok), found
            operations.append(found.ok())
        share = self.cases // len(operations) + 1
        operations = operations[PART - 1 :: OF]
        names = [operation.definition.raw["operationId"] for operation in operations]
        for name, operation in zip(names, operations, strict=True):
            wrong = self.some(name, operation, GenerationMode.NEGATIVE, share // 2)
            self.some(name, operation, GenerationMode.POSITIVE, share - wrong)
        self.names = names

    def some(self, name: str, operation: Any, mode: GenerationMode, count: int) -> int:
        """Call one operation many times; return how often: some take nothing that could be wrong."""
        done = 0

        @given(case=operation.as_strategy(generation_mode=mode))
        @settings(max_examples=count, deadline=None, database=None, derandomize=True, phases=[Phase.generate],
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        def call(case: Any) -> None:
            nonlocal done
            done += 1
            self.call(name, case, mode)

        with contextlib.suppress(Unsatisfiable):
            while done < count:  # one with few possible inputs is asked again
                call()
        return done

    def call(self, name: str, case: Any, mode: GenerationMode) -> None:
        raise NotImplementedError

    def judge(self, name: str, who: str, case: Any, response: Any) -> None:
        """Note what came of a call, and what of it the description does not say."""
        self.asked[who] += 1
        self.answers[name, response.status_code] += 1
        if 200 <= response.status_code < 300:
            self.done.add(name)
        try:
            case.validate_response(response, checks=CHECKS)
        except BaseExceptionGroup as broken:  # collected: raised here, Hypothesis would look for smaller ones
            self.broken += [f"{name} as {who}: {error}"[:1500] for error in broken.exceptions]

    def kept(self) -> None:
        """Assert that every answer was as described, none an error of the server, and that each operation succeeded."""
        assert not self.broken, "\n".join(self.broken[:3])
        never = set(self.names) - self.done
        assert not never, sorted(item for item in self.answers.items() if item[0][0] in never)
        assert sum(self.answers.values()) >= self.cases // OF, self.answers
        errors = [key for key in self.answers if key[1] >= 500]
        assert not errors, errors
