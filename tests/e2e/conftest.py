"""Fixtures of the deployment tests; all of them share one LocalStack, hence one worker."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Protocol

import pytest

from tests.e2e.cloud import Cloud, Stack
from tests.environments import Unavailable


class Deploy(Protocol):
    """How a test asks for a stack, which is deleted after the test."""

    def __call__(self, template: str, parameters: Mapping[str, str] | None = None, name: str | None = None) -> Stack:
        """Create the stack, wait, and fail unless every resource was really made."""


@pytest.hookimpl(tryfirst=True)  # before xdist reads the marks
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark every test of this folder and keep them together."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.e2e)
            item.add_marker(pytest.mark.xdist_group("localstack"))


@pytest.fixture(scope="session")
def cloud() -> Iterator[Cloud]:
    """The LocalStack of this run."""
    try:
        with Cloud.running() as cloud:
            yield cloud
    except Unavailable as reason:
        pytest.skip(str(reason))


@pytest.fixture(scope="session")
def aws(cloud: Cloud) -> Callable[[str], Any]:
    """`aws("sqs")` is a boto3 client."""
    return cloud.client


@pytest.fixture
def deploy(cloud: Cloud) -> Iterator[Deploy]:
    """`deploy(template, parameters, name)` makes a stack for this test."""
    made: list[str] = []

    def deploy(template: str, parameters: Mapping[str, str] | None = None, name: str | None = None) -> Stack:
        stack = cloud.deploy(template, parameters, name)
        made.append(stack.name)
        return stack

    yield deploy
    for stack_name in made:
        cloud.delete(stack_name)
