"""One invocation of a Python handler: `invoke.py FOLDER MODULE.FUNCTION`, the call on standard input, JSON out."""

import importlib
import json
import sys
import traceback


class Context:
    """What a handler reads most from Lambda's context object."""

    def __init__(self, call):
        self.aws_request_id = call["request_id"]
        self.invoked_function_arn = call["arn"]
        self.function_name = call["arn"].split(":")[6]

    def get_remaining_time_in_millis(self):
        return 3000


def answer(folder, handler, call):
    """The handler's result, or its exception as Lambda reports one."""
    sys.path.insert(0, folder)
    module, function = handler.rsplit(".", 1)
    try:
        handle = getattr(importlib.import_module(module.replace("/", ".")), function)
        return {"result": handle(call["event"], Context(call))}
    except Exception as error:
        traceback.print_exc()
        return {"error": {"errorType": type(error).__name__, "errorMessage": str(error)}}


if __name__ == "__main__":
    out, sys.stdout = sys.stdout, sys.stderr  # what the handler prints is log
    out.write(json.dumps(answer(sys.argv[1], sys.argv[2], json.load(sys.stdin))))
