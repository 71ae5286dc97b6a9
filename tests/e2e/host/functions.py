"""Lambda functions without containers: each invocation is a fresh process (Python handlers only)."""

import json
import logging
import os
import subprocess
import sys
from pathlib import Path

from localstack.services.lambda_.invocation import runtime_executor
from localstack.services.lambda_.invocation.lambda_models import InvocationResult

LOG = logging.getLogger(__name__)
RUNNER = Path(__file__).with_name("invoke.py")


class ProcessExecutor(runtime_executor.RuntimeExecutor):
    """Runs a function's code from its unpacked folder; LocalStack's own variables point its AWS calls back here."""

    def start(self, env_vars):
        self.variables = {name: str(value) for name, value in env_vars.items() if value is not None}

    def stop(self):
        pass

    def get_address(self):
        return "127.0.0.1"

    def get_endpoint_from_executor(self):
        return "127.0.0.1"

    def get_runtime_endpoint(self):
        return "http://127.0.0.1"

    def get_logs(self):
        return ""

    def invoke(self, payload):
        config = self.function_version.config
        event = payload["payload"]
        if isinstance(event, str | bytes):
            event = json.loads(event or "null")
        answer, log = self._run(event, payload, config)
        if "error" in answer:
            LOG.warning("%s failed: %s\n%s", payload["invoked-function-arn"], answer["error"], log)
        return InvocationResult(
            request_id=payload["invoke-id"],
            payload=json.dumps(answer.get("result", answer.get("error"))).encode(),
            is_error="error" in answer,
            logs=log,
            executed_version=self.function_version.id.qualifier,
        )

    def _run(self, event, payload, config):
        call = {"event": event, "request_id": payload["invoke-id"], "arn": payload["invoked-function-arn"]}
        command = [sys.executable, RUNNER, config.code.get_unzipped_code_location(), config.handler]
        environment = {**os.environ, **self.variables}
        try:
            done = subprocess.run(
                command, input=json.dumps(call), capture_output=True, text=True, timeout=config.timeout, env=environment
            )
        except subprocess.TimeoutExpired:
            return failure("Sandbox.Timedout", f"Task timed out after {config.timeout} seconds"), ""
        if not done.stdout:
            return failure("Runtime.ExitError", done.stderr[-1000:]), done.stderr
        return json.loads(done.stdout), done.stderr

    @classmethod
    def prepare_version(cls, function_version):
        if function_version.config.code:
            function_version.config.code.prepare_for_execution()

    @classmethod
    def cleanup_version(cls, function_version):
        pass


def failure(kind, message):
    """An answer that says why there is none, in Lambda's words."""
    return {"error": {"errorType": kind, "errorMessage": message}}


def install():
    """Make LocalStack run every function this way."""
    runtime_executor.get_runtime_executor = lambda: ProcessExecutor
