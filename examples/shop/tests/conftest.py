"""An AWS in memory: no test of this folder reaches the real one."""

import importlib
import sys
from pathlib import Path

import boto3
import moto
import pytest

sys.path.insert(0, str(Path(__file__).parents[1] / "src"))


@pytest.fixture
def aws(monkeypatch):
    """Mock every service, with credentials that are none."""
    for name, value in {
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_DEFAULT_REGION": "eu-west-1",
    }.items():
        monkeypatch.setenv(name, value)
    with moto.mock_aws():
        yield boto3


@pytest.fixture
def function(aws):
    """Import a function's file inside the mock, as Lambda does when it starts one."""

    def start(name):
        sys.modules.pop(name, None)
        return importlib.import_module(name).handler

    return start
